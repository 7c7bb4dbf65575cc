/**
 * Makes a microscope of a network: what excites each channel of some layers, which classes it speaks
 * for, which channels go with it, and what it looks for. All that takes long is done as tasks; what of
 * them is done already stays done.
 */
import config from "../deno.json" with { type: "json" };
import { UserError } from "../core/errors.ts";
import { Receptive } from "../engine/receptive.ts";
import { encodePng, loadImage, type Picture } from "../image/mod.ts";
import { edgesOf } from "../jobs/kinds/_bins.ts";
import { IMAGE } from "../jobs/kinds/render.ts";
import { readScan, type ScanInput, scanTask, type ScanTold } from "../jobs/kinds/scan.ts";
import { readVotes, type VotesInput, votesTask } from "../jobs/kinds/votes.ts";
import { choiceOf } from "../jobs/kind.ts";
import { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { platform } from "../platform/mod.ts";
import { ensureWritable } from "../run/folder.ts";
import { outputsOf } from "../run/outputs.ts";
import { preparedFor } from "../run/prepared.ts";
import { Crops, usesOf } from "./crops.ts";
import {
  type ChannelEntry,
  IMAGE_KINDS,
  type LayerData,
  type LayerEntry,
  type MicroscopeData,
  type PictureEntry,
} from "./data.ts";
import { excitedBy, UsualMaxima } from "./excites.ts";
import { type Images, imagesOf } from "./images.ts";
import { type MicroscopePlan, write } from "./plan.ts";
import { type ChannelStatistics, LayerStatistics } from "./statistics.ts";

/** Pictures that one task looks at. */
const AT_ONCE = 100;
/** Pictures on which classes are asked, and classes that one task asks for. */
const ASKED = 8, CLASSES_AT_ONCE = 25;
/** Classes that are asked for at most: those that the network gives most often. */
const MOST_CLASSES = 100;
/** Classes that are named of a channel, on either side. */
const VOTES = 5;
/** Channels whose crops are made together. */
const CHANNELS_AT_ONCE = 512;

interface Scanned {
  readonly task: Task;
  /** The number of its first picture. */
  readonly from: number;
  readonly told: ScanTold;
}

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
  for (const layer of layers.keys()) {
    await buildLayer(plan, layer, { results, scans, voted, images, entries });
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
    pictures: read.length,
    bad: scans.flatMap(({ told }) => [...told.bad]),
  };
  await write(plan, "pictures.json", JSON.stringify(entries));
  await write(plan, "microscope.json", JSON.stringify(data, null, 1) + "\n");
  return data;
}

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from(
    { length: Math.ceil(items.length / size) },
    (_, i) => items.slice(i * size, (i + 1) * size),
  );

async function scanAll(plan: MicroscopePlan, results: KeyResults): Promise<readonly Scanned[]> {
  const model = choiceOf(plan.model), layers = plan.layers.map(({ node }) => node);
  const tasks = await Promise.all(
    chunksOf(plan.pictures, AT_ONCE).map(async (pictures, i) => {
      const from = i * AT_ONCE, input: ScanInput = { model, layers, pictures };
      const label = `pictures ${from + 1} to ${from + pictures.length}`;
      return { from, task: await scanTask(input, label) };
    }),
  );
  const failed = await plan.perform("pictures", tasks.map(({ task }) => task), results);
  const done = tasks.filter(({ task }) => !failed.includes(task.label));
  return await Promise.all(
    done.map(async ({ task, from }) => ({
      ...{ task, from, told: await results.told(task) as ScanTold },
    })),
  );
}

/** Gradients of classes at the layers: layer → class → channel. */
type Votes = ReadonlyMap<string, ReadonlyMap<number, Float32Array>>;

async function votesOf(
  plan: MicroscopePlan,
  results: KeyResults,
  read: readonly { readonly picture: number; readonly best: number }[],
): Promise<Votes> {
  const times = new Map<number, number>();
  for (const { best } of read) times.set(best, (times.get(best) ?? 0) + 1);
  const all = [...outputsOf(plan.model).classes.keys()];
  const classes = all.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
    .slice(0, MOST_CLASSES);
  // spread over all pictures, and so over whatever order they have
  const step = Math.max(1, Math.floor(read.length / ASKED));
  const pictures = read.filter((_, i) => i % step === 0).slice(0, ASKED)
    .map(({ picture }) => plan.pictures[picture]);
  const model = choiceOf(plan.model), layers = plan.layers.map(({ node }) => node);
  const parts = await Promise.all(
    chunksOf(classes, CLASSES_AT_ONCE).map(async (some, i) => {
      const input: VotesInput = { model, layers, classes: some, pictures };
      return { some, task: await votesTask(input, `classes, part ${i + 1}`) };
    }),
  );
  const failed = await plan.perform("classes", parts.map(({ task }) => task), results);
  const votes = new Map(layers.map((layer) => [layer, new Map<number, Float32Array>()]));
  for (const { some, task } of parts) {
    if (failed.includes(task.label)) continue;
    const found = await readVotes(results.pathOf(task), layers);
    for (const layer of layers) {
      const gradients = found.get(layer)!, channels = gradients.shape[1];
      some.forEach((wanted, i) =>
        votes.get(layer)!.set(wanted, gradients.subarray(i * channels, (i + 1) * channels))
      );
    }
  }
  return votes;
}

interface Found {
  readonly results: KeyResults;
  readonly scans: readonly Scanned[];
  readonly voted: Votes;
  readonly images: Images;
  /** Of all pictures: which of them are seen, and what they excite, is put in. */
  readonly entries: PictureEntry[];
}

/** @param at The layer's place among the plan's. */
async function buildLayer(plan: MicroscopePlan, at: number, found: Found): Promise<void> {
  const layer = plan.layers[at];
  const { node, slug, size: [, columns] } = layer, { results, scans, images, entries } = found;
  const statistics = new LayerStatistics(layer.channels), usual = new UsualMaxima(layer.channels);
  for (const { task, from, told } of scans) {
    plan.signal.throwIfAborted();
    const scan = await readScan(results.pathOf(task), at);
    statistics.add(scan, told.read.map(({ at }) => from + at));
    usual.add(scan);
  }
  const usuals = Array.from({ length: layer.channels }, (_, c) => usual.channel(c));
  for (const { task, from, told } of scans) {
    const { max } = await readScan(results.pathOf(task), at);
    told.read.forEach(({ at: picture }, row) => {
      const own = max.subarray(row * layer.channels, (row + 1) * layer.channels);
      entries[from + picture].excites.push(excitedBy(own, usuals));
    });
  }
  const { width, height } = plan.model.inputSize;
  const receptive = new Receptive(plan.model.network.graph, height, width);
  const isMap = layer.size[0] * columns > 1;
  const fieldOf = (row: number, column: number) =>
    isMap
      ? receptive.field(node, row, column)
      : { rows: [0, height] as const, columns: [0, width] as const };
  const channels = Array.from({ length: layer.channels }, (_, channel): ChannelEntry => {
    const { top, histogram, mean, deviation, nearest } = statistics.channel(channel);
    return {
      top: top.map(({ picture, value, place }) => {
        const row = Math.floor(place / columns), column = place % columns;
        const { rows, columns: across } = fieldOf(row, column);
        return { picture, value, place: [row, column], rows: [...rows], columns: [...across] };
      }),
      histogram: barsOf(histogram),
      mean,
      deviation,
      votes: votesFor(found.voted.get(node)!, channel),
      nearest: [...nearest],
      images: IMAGE_KINDS.filter((kind) => images.pathOf(slug, channel, kind) !== undefined),
    };
  });
  await copyImages(plan, layer, images);
  await writeCrops(plan, layer, channels, entries);
  const data: LayerData = { schema: 1, channels };
  await write(plan, `layers/${slug}.json`, JSON.stringify(data));
}

/** The bins from the first that is not empty to the last. */
function barsOf(histogram: ChannelStatistics["histogram"]): ChannelEntry["histogram"] {
  const first = histogram.findIndex(Boolean), last = histogram.findLastIndex(Boolean);
  return histogram.slice(first, last + 1).map((count, i) => {
    const [from, to] = edgesOf(first + i);
    return { from, to, count };
  });
}

/** The classes that grow most with a channel, and those that fall most. */
function votesFor(
  classes: ReadonlyMap<number, Float32Array>,
  channel: number,
): ChannelEntry["votes"] {
  const sorted = [...classes].map(([wanted, gradients]) => ({
    class: wanted,
    gradient: gradients[channel],
  })).sort((a, b) => b.gradient - a.gradient);
  const up = sorted.filter(({ gradient }) => gradient > 0).slice(0, VOTES);
  const down = sorted.filter(({ gradient }) => gradient < 0).slice(-VOTES);
  return [...up, ...down];
}

async function copyImages(
  plan: MicroscopePlan,
  { slug, channels }: LayerEntry,
  images: Images,
): Promise<void> {
  for (let channel = 0; channel < channels; channel++) {
    for (const kind of IMAGE_KINDS) {
      const from = images.pathOf(slug, channel, kind);
      if (from === undefined) continue;
      await write(
        plan,
        `images/${slug}/${channel}${kind}.png`,
        await platform.readFile(`${from}/${IMAGE}`),
      );
    }
  }
}

/** What the network sees of a picture. */
async function seenOf({ model, pictures }: MicroscopePlan, picture: number): Promise<Picture> {
  return preparedFor(await loadImage(pictures[picture].path), model).picture;
}

async function writeCrops(
  plan: MicroscopePlan,
  { name, slug }: LayerEntry,
  channels: readonly ChannelEntry[],
  entries: PictureEntry[],
): Promise<void> {
  for (let from = 0; from < channels.length; from += CHANNELS_AT_ONCE) {
    const some = channels.slice(from, from + CHANNELS_AT_ONCE), uses = usesOf(some);
    const crops = some.map(() => new Crops());
    let done = 0;
    for (const [picture, places] of uses) {
      const seen = await seenOf(plan, picture);
      for (const [channel, cell] of places) crops[channel].put(cell, seen, some[channel].top[cell]);
      if (!entries[picture].seen) {
        await write(plan, `seen/${picture}.png`, await encodePng(seen));
        entries[picture].seen = true;
      }
      plan.onProgress(`crops of ${name}`, ++done, uses.size);
    }
    for (const [i, crop] of crops.entries()) {
      await write(plan, `crops/${slug}/${from + i}.png`, await crop.encode());
    }
  }
}
