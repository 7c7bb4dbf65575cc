/** Saving a run: pictures, raw values, what it was made of and a manifest, whole or absent. */
import * as tf from "../deps/tfjs.ts";
import config from "../deno.json" with { type: "json" };
import { writeSafetensors } from "../core/safetensors.ts";
import type { Values } from "../core/values.ts";
import { encodePng, type Picture, type SourcePicture } from "../image/mod.ts";
import { isDiverging } from "../image/colour_maps.ts";
import { stopsOf } from "../image/render.ts";
import { platform } from "../platform/mod.ts";
import { animationOf, exactAnimationOf, stagesOf } from "./animation.ts";
import { commandOf, pluginsOf } from "./command.ts";
import type { AttributionRun, Run } from "./run.ts";
import { drawCurve } from "./curve.ts";
import { drawFigure, picturesOf } from "./figure.ts";
import { ensureWritable, firstFree, nameOf, unwritable } from "./folder.ts";
import { checkRun } from "./given.ts";
import { outputsOf } from "./outputs.ts";
import type { FileRole, KeptFile, Manifest, RunFile } from "./manifest.ts";

/** The largest picture file that is kept with a run: 32 MiB. */
const MAX_KEPT_BYTES = 2 ** 25;

interface File {
  readonly name: string;
  readonly role: FileRole;
  readonly picture?: Picture;
  /** Undefined where the run gives nothing for the file, which is then not written. */
  bytes(): Promise<Uint8Array | undefined>;
}

const png = (name: string, role: FileRole, picture: Picture): File => ({
  name,
  role,
  picture,
  bytes: () => encodePng(picture),
});

const animation = (name: string, picture: Picture, bytes: File["bytes"]): File => ({
  name,
  role: "animation",
  picture,
  bytes,
});

const text = (name: string, role: FileRole, content: string | undefined): File => ({
  name,
  role,
  bytes: () =>
    Promise.resolve(
      content === undefined ? undefined : new TextEncoder().encode(content),
    ),
});

const raw = (tensors: Record<string, Values>): File => ({
  name: "values.safetensors",
  role: "values",
  bytes: () => Promise.resolve(writeSafetensors(tensors)),
});

/** The results of a run, in the order in which they are written. */
async function filesOf(run: Run): Promise<File[]> {
  if ("map" in run) {
    const pictures = await picturesOf(run);
    return [
      png("input.png", "input", pictures.input),
      png("map.png", "map", pictures.map),
      png("overlay.png", "overlay", pictures.overlay),
      png("figure.png", "figure", await drawFigure(run, pictures)),
      raw({ attribution: run.attribution, map: run.map }),
    ];
  }
  const { frames, start, image, final, losses } = run;
  const digits = Math.max(4, ...frames.map(({ step }) => String(step).length));
  const [first] = stagesOf(run);
  return [
    ...(start ? [png("input.png", "input", start)] : []),
    ...frames.map(({ step, picture }) =>
      png(`frame-${String(step).padStart(digits, "0")}.png`, "frame", picture)
    ),
    png("final.png", "final", final),
    // the first of a role is what is shown
    animation("animation.gif", first, () => animationOf(run)),
    animation("animation.webp", first, () => exactAnimationOf(run)),
    text("losses.svg", "losses", drawCurve(losses)),
    raw({ image }),
  ];
}

/** Writes a file that is kept beside the results. */
async function keep(
  folder: string,
  name: string,
  bytes: Uint8Array,
  sha256?: string,
): Promise<KeptFile> {
  await platform.writeFile(`${folder}/${name}`, bytes);
  return { name, bytes: bytes.length, sha256: sha256 ?? await platform.sha256(bytes) };
}

/** The bytes of the file that a picture was read from, if they are still there and not too large. */
async function originalOf(
  { path, sha256, bytes }: SourcePicture,
): Promise<Uint8Array | undefined> {
  if (bytes) return bytes.length <= MAX_KEPT_BYTES ? bytes : undefined;
  if (path === undefined) return undefined;
  try {
    if ((await platform.stat(path)).bytes > MAX_KEPT_BYTES) return undefined;
    const bytes = await platform.readFile(path);
    return await platform.sha256(bytes) === sha256 ? bytes : undefined;
  } catch (error) {
    if (!platform.fault(error)) throw error;
    return undefined; // gone, or no longer ours to read
  }
}

/**
 * Keeps the picture that a run was made of: the file itself, or, of one that is no file (any more),
 * its pixels as PNG.
 */
async function keepPicture(
  folder: string,
  source: Picture | SourcePicture,
): Promise<KeptFile | undefined> {
  if ("sha256" in source) {
    const original = await originalOf(source);
    const extension = /\.(\w{1,5})$/.exec(source.name)?.[1].toLowerCase() ?? "png";
    if (original) return await keep(folder, `source.${extension}`, original, source.sha256);
  }
  const bytes = await encodePng(source);
  return bytes.length > MAX_KEPT_BYTES ? undefined : await keep(folder, "source.png", bytes);
}

/** Keeps the names of the classes that were given as a list. */
async function keepLabels(folder: string, { model }: Run): Promise<KeptFile | undefined> {
  const labels = model.loaded?.labels;
  if (labels === undefined || typeof labels === "string") return undefined;
  const json = JSON.stringify(labels, null, 1) + "\n";
  return await keep(folder, "labels.json", new TextEncoder().encode(json));
}

/** What was kept of what a run was made of. */
interface Made {
  readonly picture?: KeptFile;
  readonly labels?: KeptFile;
}

async function imageOf(
  source: Picture | SourcePicture,
  file: KeptFile | undefined,
): Promise<Manifest["image"]> {
  const { name = "", path, sha256 = await platform.sha256(new Uint8Array(source.data)) } =
    source as Partial<SourcePicture>;
  return { name, width: source.width, height: source.height, sha256, path, file };
}

/** How the map was painted. */
const painted = async ({ colors, scale }: AttributionRun) => ({
  colors,
  diverging: isDiverging(colors),
  palette: await stopsOf(colors),
  scale,
});

async function manifestOf(
  run: Run,
  out: string,
  id: string,
  { picture, labels }: Made,
  files: readonly RunFile[],
): Promise<Manifest> {
  const { technique, model, source } = run, plugins = pluginsOf(run);
  const kept = (file: KeptFile | undefined) => file && `${within(out, id)}${file.name}`;
  const named = typeof model.loaded?.labels === "string" ? model.loaded.labels : undefined;
  return {
    schema: 1,
    id,
    createdAt: run.startedAt.toISOString(),
    command: commandOf(run, { out, picture: kept(picture), labels: named ?? kept(labels) }),
    technique: { id: technique.id, title: technique.title },
    options: run.options as Manifest["options"],
    seed: run.seed,
    model: {
      id: model.id,
      weights: { sha256: model.weights.sha256, source: model.weights.source },
      preprocess: { ...model.preprocess } as unknown as Manifest["model"]["preprocess"],
      labelsCount: model.labels.length,
      scores: outputsOf(model).scores,
      labels,
    },
    image: source && await imageOf(source, picture),
    ...("target" in run ? { target: run.target, predicted: run.predicted } : {}),
    backend: run.backend,
    plugins: plugins.length ? plugins : undefined,
    versions: {
      phosphene: config.version,
      ...platform.versions,
      tfjs: tf.version_core,
    },
    durationMs: Math.round(run.durationMs),
    result: {
      diagnosis: run.diagnosis,
      ...("losses" in run ? { losses: run.losses } : {}),
      figures: run.figures,
      ...("map" in run ? await painted(run) : {}),
    },
    files,
  };
}

/** The folder that a run's own files are named in, where its manifest's command names them. */
const within = (out: string, id: string) => `${out}/${id}/`;

const manifestText = (manifest: Manifest) => JSON.stringify(manifest, null, 2) + "\n";

/**
 * Writes a run's files into a folder that is there and empty, the manifest last. {@link adoptRun} makes
 * it one of the folders in `out`.
 *
 * @throws UserError where it cannot be written.
 * @throws the signal's reason once it is aborted.
 */
export async function writeRun(
  run: Run,
  folder: string,
  out: string,
  signal?: AbortSignal,
): Promise<Manifest> {
  checkRun(run);
  try {
    const files: RunFile[] = [];
    for (const { name, role, picture, bytes: encode } of await filesOf(run)) {
      signal?.throwIfAborted();
      const bytes = await encode();
      if (!bytes) continue;
      await platform.writeFile(`${folder}/${name}`, bytes);
      const size = picture && { width: picture.width, height: picture.height };
      const sha256 = await platform.sha256(bytes);
      files.push({ name, role, ...size, bytes: bytes.length, sha256 });
    }
    const made = {
      picture: run.source && await keepPicture(folder, run.source),
      labels: await keepLabels(folder, run),
    };
    signal?.throwIfAborted();
    const id = nameOf(run.startedAt, run.technique.id, nameIn(run));
    const manifest = await manifestOf(run, out, id, made, files);
    await platform.writeFile(`${folder}/manifest.json`, manifestText(manifest));
    return manifest;
  } catch (error) {
    if (signal?.aborted || !platform.fault(error)) throw error;
    throw unwritable(out, error);
  }
}

/**
 * Makes a folder that {@link writeRun} has filled one of the runs in `out`, on the same disk, under the
 * first free of the names `ID`, `ID-2`, …
 *
 * @throws UserError where it cannot be written; the folder stays where it is.
 */
export async function adoptRun(
  folder: string,
  written: Manifest,
  out: string,
): Promise<{ path: string; manifest: Manifest }> {
  let manifest = written;
  try {
    const id = await firstFree(written.id, async (id) => {
      if (id !== manifest.id) {
        const command = written.command.replaceAll(within(out, written.id), within(out, id));
        manifest = { ...written, id, command };
        await platform.writeFile(`${folder}/manifest.json`, manifestText(manifest));
      }
      await platform.rename(folder, `${out}/${id}`, { replace: false });
    });
    return { path: `${out}/${id}`, manifest };
  } catch (error) {
    if (!platform.fault(error)) throw error;
    throw unwritable(out, error);
  }
}

/**
 * Writes a run to a new folder in `out`: into a hidden one first, the manifest last, then renamed,
 * so that a run is whole or absent. The folder keeps the picture that it was made of too (up to
 * 32 MiB), and the names of its classes where a script gave them.
 *
 * @returns The folder and its manifest.
 * @throws UserError where the folder cannot be written (nothing is left behind).
 * @throws the signal's reason once it is aborted (likewise).
 */
export async function saveRun(
  run: Run,
  out = "runs",
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<{ path: string; manifest: Manifest }> {
  checkRun(run);
  await ensureWritable(out);
  const folder = await platform.makeTemporaryFolder(out).catch((error) => {
    throw unwritable(out, error);
  });
  try {
    return await adoptRun(folder, await writeRun(run, folder, out, signal), out);
  } catch (error) {
    await platform.remove(folder).catch(() => {});
    throw error;
  }
}

const nameIn = ({ source }: Run) => source && "name" in source ? source.name : "";
