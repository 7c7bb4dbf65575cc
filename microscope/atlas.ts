/**
 * The activation atlas of a layer (Carter, Armstrong, Schubert, Johnson, Olah 2019, Activation Atlas,
 * https://distill.pub/2019/activation-atlas/): what the layer says of many places of many pictures, laid
 * out in a plane where what is alike lies together; for each square of it an image of what its places
 * have in common, made for the mean of their activations.
 */
import { encodePng } from "../image/mod.ts";
import { IMAGE } from "../jobs/kinds/render.ts";
import { readScan } from "../jobs/kinds/scan.ts";
import type { Task } from "../jobs/task.ts";
import { type Cell, cellsOf, gridFor, gridsOf } from "./cells.ts";
import type { AtlasCell, AtlasData } from "./data.ts";
import { embedded, LEAST_LAID_OUT } from "./embed.ts";
import { type Found, shown } from "./found.ts";
import { iconOf, iconTask, sheetOf } from "./icons.ts";
import { rendered } from "./images.ts";
import { type MicroscopePlan, write } from "./plan.ts";
import { sampledOf, Samples } from "./samples.ts";
import { strongest, type Votes } from "./votes.ts";

/** Channels and pictures that are named of a square. */
const CHANNELS = 3, PICTURES = 4;

/** Gathers the places of a layer. @param at The layer's place among the plan's. */
async function gather(plan: MicroscopePlan, at: number, found: Found): Promise<Samples> {
  const read = found.scans.reduce((sum, { told }) => sum + told.read.length, 0);
  const expected = read * sampledOf(plan.pictures.length);
  const samples = new Samples(plan.layers[at].channels, expected, plan.seed);
  for (const { task, from, told } of found.scans) {
    plan.signal.throwIfAborted();
    const scan = await readScan(found.results.pathOf(task), at);
    samples.add(scan, told.read.map(({ at }) => from + at));
  }
  return samples;
}

/** What is said of a square: its classes, channels and pictures. */
function about(
  { row, column, members }: Cell,
  mean: Float64Array,
  samples: Samples,
  votes: ReturnType<Votes["get"]>,
): AtlasCell {
  const along = (gradients: Float32Array) =>
    gradients.reduce((sum, gradient, c) => sum + gradient * mean[c], 0);
  const channels = [...mean.keys()].filter((c) => mean[c] > 0)
    .sort((a, b) => mean[b] - mean[a]).slice(0, CHANNELS);
  const nearest = members.map((place) => ({ place, cosine: samples.cosine(place, mean) }))
    .sort((a, b) => b.cosine - a.cosine);
  const pictures = new Set(nearest.map(({ place }) => samples.pictureOf(place)));
  return {
    ...{ row, column, places: members.length, channels },
    votes: strongest(votes!, along),
    pictures: [...pictures].slice(0, PICTURES),
  };
}

/** A square whose image is made by a task. */
interface Square {
  readonly grid: number;
  readonly cell: AtlasCell;
  readonly task: Task;
}

/**
 * Makes the atlas of a layer.
 *
 * @param at The layer's place among the plan's.
 * @returns whether there are places enough for one.
 */
export async function buildAtlas(plan: MicroscopePlan, at: number, found: Found): Promise<boolean> {
  const layer = plan.layers[at], { name, node, slug, channels } = layer, { results } = found;
  const samples = await gather(plan, at, found), votes = found.voted.get(node);
  if (samples.count < LEAST_LAID_OUT) return false;
  const positions = await embedded(
    { data: samples.directions(), size: channels, seed: plan.seed },
    plan.signal,
    (step, of) => plan.onProgress(`atlas of ${name}`, step, of),
  );
  const icon = iconOf(plan.model, layer), squares: Square[] = [];
  for (const grid of gridsOf(plan.atlas?.grid ?? gridFor(samples.count))) {
    for (const cell of cellsOf(positions, grid)) {
      const mean = samples.mean(cell.members);
      // what goes all ways alike has no direction
      if (mean.every((value) => value === 0)) continue;
      const label = `atlas of ${name}, ${grid} × ${grid}, row ${cell.row}, column ${cell.column}`;
      const task = await iconTask(plan, layer, icon, { mean, label });
      squares.push({ grid, task, cell: about(cell, mean, samples, votes) });
    }
  }
  const levels: AtlasData["levels"] = [];
  const images = await rendered(plan, `atlas of ${name}, images`, squares, results);
  for (const [grid, made] of Map.groupBy(images.map(({ item }) => item), gridOf)) {
    const paths = made.map(({ cell, task }) => ({
      ...cell,
      path: `${results.pathOf(task)}/${IMAGE}`,
    }));
    const sheet = await sheetOf(grid, icon, paths), cells = made.map(({ cell }) => cell);
    await write(plan, `atlas/${slug}-${grid}.png`, await encodePng(sheet));
    for (const picture of cells.flatMap(({ pictures }) => pictures)) {
      if (!found.entries[picture].seen) await shown(plan, found.entries, picture);
    }
    levels.push({ grid, cells });
  }
  if (levels.length === 0) return false;
  const data: AtlasData = { schema: 1, places: samples.count, side: icon.each, levels };
  await write(plan, `atlas/${slug}.json`, JSON.stringify(data));
  return true;
}

const gridOf = ({ grid }: Square) => grid;
