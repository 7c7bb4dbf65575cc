/** Writes what is known of a layer's channels. */
import { Receptive } from "../engine/receptive.ts";
import { edgesOf } from "../jobs/kinds/_bins.ts";
import { IMAGE } from "../jobs/kinds/render.ts";
import { readScan } from "../jobs/kinds/scan.ts";
import { platform } from "../platform/mod.ts";
import { Crops, usesOf } from "./crops.ts";
import {
  type ChannelEntry,
  IMAGE_KINDS,
  type LayerData,
  type LayerEntry,
  type PictureEntry,
} from "./data.ts";
import { excitedBy, UsualMaxima } from "./excites.ts";
import { type Found, shown } from "./found.ts";
import type { Images } from "./images.ts";
import { type MicroscopePlan, write } from "./plan.ts";
import { type ChannelStatistics, LayerStatistics } from "./statistics.ts";
import { strongest } from "./votes.ts";

/** Channels whose crops are made together. */
const CHANNELS_AT_ONCE = 512;

/** @param at The layer's place among the plan's. */
export async function buildLayer(plan: MicroscopePlan, at: number, found: Found): Promise<void> {
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
      votes: strongest(found.voted.get(node)!, (gradients) => gradients[channel]),
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
      const seen = await shown(plan, entries, picture);
      for (const [channel, cell] of places) crops[channel].put(cell, seen, some[channel].top[cell]);
      plan.onProgress(`crops of ${name}`, ++done, uses.size);
    }
    for (const [i, crop] of crops.entries()) {
      await write(plan, `crops/${slug}/${from + i}.png`, await crop.encode());
    }
  }
}
