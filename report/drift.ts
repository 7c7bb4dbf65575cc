/**
 * How far pictures are from those that a network was trained on, as its first batch-norm layers tell: each
 * keeps the mean and the variance of what it was given in training (Ioffe and Szegedy 2015, Batch
 * Normalization). Pictures that are prepared otherwise differ there first.
 */
import type { Node } from "../engine/graph.ts";
import { op } from "../engine/ops/mod.ts";
import type { Model } from "../run/model.ts";
import type { Drift } from "./data.ts";

/** So many layers are looked at: further in, other things in the pictures show as well. */
const LAYERS = 3;

/** The first layers that keep statistics of their training. */
export function normalizers({ network: { graph } }: Model): readonly Node[] {
  const keeps = ({ op: name }: Node) =>
    ["mean", "variance"].every((role) => op(name).traits.observed?.includes(role));
  return graph.nodes.filter(keeps).slice(0, LAYERS);
}

/** Mean and variance of a layer's input, channel by channel, over all places of all pictures. */
export class Moments {
  #count = 0;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(readonly channels: number) {
    this.#sums = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** @param numbers `[…places, channels]` */
  add(numbers: Float32Array): void {
    numbers.forEach((v, i) => {
      this.#sums[i % this.channels] += v;
      this.#squares[i % this.channels] += v ** 2;
    });
    this.#count += numbers.length / this.channels;
  }

  mean(channel: number): number {
    return this.#sums[channel] / this.#count;
  }

  variance(channel: number): number {
    return Math.max(0, this.#squares[channel] / this.#count - this.mean(channel) ** 2);
  }
}

/** The middle of some numbers in their order: one channel that is far off does not move it. */
function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b), half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** How far what a batch-norm layer was given is from what it was given in training. */
export function driftOf({ network: { parameters } }: Model, node: Node, found: Moments): Drift {
  const { name, params, attrs } = node, epsilon = attrs.epsilon as number;
  const [means, variances] = [params.mean, params.variance].map((key) => parameters.host.get(key)!);
  const channels = Array.from(means, (mean, channel) => {
    const deviation = Math.sqrt(variances[channel] + epsilon);
    return {
      shift: Math.abs(found.mean(channel) - mean) / deviation,
      spread: Math.sqrt(found.variance(channel) + epsilon) / deviation,
    };
  });
  return {
    layer: name,
    shift: medianOf(channels.map(({ shift }) => shift)),
    spread: medianOf(channels.map(({ spread }) => spread)),
  };
}
