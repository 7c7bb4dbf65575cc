/**
 * Makes a microscope of a network: what excites each channel of some layers, which classes it speaks
 * for, which channels go with it, and what it looks for. All that takes long is done as tasks; what of
 * them is done already stays done.
 */
import config from "../deno.json" with { type: "json" };
import { UserError } from "../core/errors.ts";
import { KeyResults } from "../jobs/results.ts";
import { ensureWritable } from "../run/folder.ts";
import { outputsOf } from "../run/outputs.ts";
import { buildAtlas } from "./atlas.ts";
import type { MicroscopeData, PictureEntry } from "./data.ts";
import { imagesOf } from "./images.ts";
import { buildLayer } from "./layer.ts";
import { type MicroscopePlan, write } from "./plan.ts";
import { scanAll } from "./scans.ts";
import { votesOf } from "./votes.ts";

/** Makes one. @throws UserError where no picture could be read, or nothing can be written. */
export async function buildMicroscope(plan: MicroscopePlan): Promise<MicroscopeData> {
  const { out, model, layers, pictures } = plan;
  await ensureWritable(out);
  const results = new KeyResults(`${out}/results`);
  const scans = await scanAll(plan, results);
  const read = scans.flatMap(({ from, told }) =>
    told.read.map(({ at, best }) => ({ picture: from + at, best }))
  );
  if (read.length === 0) throw new UserError("None of the pictures could be read.");
  const voted = await votesOf(plan, results, read);
  const images = await imagesOf(plan, results);
  const entries: PictureEntry[] = pictures.map(({ name, sha256 }) => ({
    ...{ name, sha256, best: 0, seen: false, excites: [] },
  }));
  for (const { picture, best } of read) entries[picture].best = best;
  const found = { results, scans, voted, images, entries };
  for (const layer of layers.keys()) await buildLayer(plan, layer, found);
  const atlases: string[] = [];
  for (const [at, { name, slug }] of layers.entries()) {
    if (!plan.atlas?.layers.includes(name)) continue;
    if (await buildAtlas(plan, at, found)) atlases.push(slug);
  }
  const data: MicroscopeData = {
    schema: 1,
    createdAt: new Date().toISOString(),
    phosphene: config.version,
    model: {
      id: model.id,
      title: model.title,
      weights: { sha256: model.weights.sha256, source: model.weights.source },
    },
    input: { width: model.inputSize.width, height: model.inputSize.height },
    images: images.sizes(),
    labels: [...outputsOf(model).classes],
    layers: [...layers],
    atlases,
    pictures: read.length,
    bad: scans.flatMap(({ told }) => [...told.bad]),
  };
  await write(plan, "pictures.json", JSON.stringify(entries));
  await write(plan, "microscope.json", JSON.stringify(data, null, 1) + "\n");
  return data;
}
