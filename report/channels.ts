/** Channels that say nothing, or the same, of all pictures. */
import { op } from "../engine/ops/mod.ts";
import type { KeyResults } from "../jobs/results.ts";
import { BINS, ZERO_BIN } from "../jobs/kinds/_bins.ts";
import type { LayerScan } from "../jobs/kinds/_layer_scan.ts";
import { readScan, type ScanInput, scanTask, type ScanTold } from "../jobs/kinds/scan.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
import { batches } from "../run/batches.ts";
import type { Model } from "../run/model.ts";
import type { Channels } from "./data.ts";
import type { Perform } from "./plan.ts";

/** More layers than this are not looked into: the last ones are. */
const MOST_LAYERS = 48;
/** Pictures that one task looks at. */
const AT_ONCE = 100;
/** What fewer pictures do not excite is no news: a channel may be for things that they do not show. */
export const FEWEST_PICTURES = 8;
/** By how much of its greatest value the mean of a channel that stays the same may be less. */
const STILL = 1e-3;

/** The layers that let nothing below zero through; of many the last, and how many others there are. */
export function rectifiers(
  { network: { graph } }: Pick<Model, "network">,
): { readonly layers: readonly string[]; readonly skipped: number } {
  const rectified = graph.nodes.filter((node) => op(node.op).traits.rectifies);
  const layers = rectified.slice(-MOST_LAYERS).map(({ name }) => name);
  return { layers, skipped: rectified.length - layers.length };
}

/** What is known of the channels of a layer, over all pictures. */
export class ChannelWatch {
  readonly #highest: Float64Array;
  /** The least of the pictures' means: where it is the highest value, all values are. */
  readonly #leastMean: Float64Array;
  readonly #histogram: Float64Array;

  constructor(readonly channels: number) {
    this.#highest = new Float64Array(channels).fill(-Infinity);
    this.#leastMean = new Float64Array(channels).fill(Infinity);
    this.#histogram = new Float64Array(channels * BINS);
  }

  add({ max, mean, histogram }: Pick<LayerScan, "max" | "mean" | "histogram">): void {
    max.forEach((v, at) => {
      const channel = at % this.channels;
      this.#highest[channel] = Math.max(this.#highest[channel], v);
      this.#leastMean[channel] = Math.min(this.#leastMean[channel], mean[at]);
    });
    histogram.forEach((count, bin) => this.#histogram[bin] += count);
  }

  /** What kind of channel one is: each is of one kind at most. */
  kindOf(channel: number): "dead" | "constant" | "always" | undefined {
    const highest = this.#highest[channel], least = this.#leastMean[channel];
    if (!(highest > 0)) return "dead";
    const counts = this.#histogram.subarray(channel * BINS, (channel + 1) * BINS);
    const first = counts.findIndex((n) => n > 0), last = counts.findLastIndex((n) => n > 0);
    // the mean alone does not see the few places that differ much: bins do
    if (highest - least <= STILL * highest && last - first <= 1) return "constant";
    return counts[ZERO_BIN] === 0 ? "always" : undefined;
  }

  /** The channels of each kind. */
  result(layer: string): Channels {
    const of = (kind: "dead" | "constant" | "always") =>
      Array.from({ length: this.channels }, (_, channel) => channel)
        .filter((channel) => this.kindOf(channel) === kind);
    const [dead, constant, always] = [of("dead"), of("constant"), of("always")];
    return { layer, channels: this.channels, dead, constant, always };
  }
}

/** Of each layer that rectifies, the channels that tell pictures apart badly; none of few pictures. */
export async function idleChannels(
  model: Model,
  pictures: readonly FileChoice[],
  results: KeyResults,
  perform: Perform,
): Promise<readonly Channels[]> {
  const { layers } = rectifiers(model);
  if (layers.length === 0 || pictures.length < FEWEST_PICTURES) return [];
  const tasks = await Promise.all(
    [...batches(pictures.length, AT_ONCE)].map(([from, to]) => {
      const some = pictures.slice(from, to);
      const input: ScanInput = { model: choiceOf(model), layers, pictures: some, sampled: 1 };
      return scanTask(input, `layers of pictures ${from + 1} to ${to}`);
    }),
  );
  await perform("layers", tasks, results);
  const watched: (ChannelWatch | undefined)[] = layers.map(() => undefined);
  for (const task of tasks) {
    const path = await results.find(task);
    if (path === undefined || (await results.told(task) as ScanTold).read.length === 0) continue;
    for (const i of layers.keys()) {
      const scan = await readScan(path, i);
      (watched[i] ??= new ChannelWatch(scan.max.shape[1])).add(scan);
    }
  }
  return layers.flatMap((layer, i) => watched[i]?.result(layer) ?? []);
}
