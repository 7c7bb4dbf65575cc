/** What pictures excite in a layer, channel by channel: from any number of scans, one after another. */
import { BINS } from "../jobs/kinds/_bins.ts";
import type { LayerScan } from "../jobs/kinds/_layer_scan.ts";

/** How many pictures are kept of each channel: those that excite it most. */
export const TOP = 9;
/** How many channels are named that go with one. */
const NEAREST = 6;

/** A picture that excites a channel. */
export interface Top {
  /** Its number among all pictures. */
  readonly picture: number;
  readonly value: number;
  /** Where: row · width + column, the first place of that value. */
  readonly place: number;
}

/** A channel that goes with another one, or against it. */
export interface Near {
  readonly channel: number;
  /** Correlation of the means over the pictures, −1..1. */
  readonly correlation: number;
}

/** What is known of a channel. */
export interface ChannelStatistics {
  /** The best first; of several with one value, the earlier pictures. */
  readonly top: readonly Top[];
  /** How many values lie in each bin. */
  readonly histogram: readonly number[];
  /** Of the means over the places, over the pictures. */
  readonly mean: number;
  readonly deviation: number;
  /** Those that go with it most. */
  readonly nearest: readonly Near[];
}

/**
 * The statistics of a layer. What it holds grows with the square of the layer's channels, not with the
 * pictures.
 */
export class LayerStatistics {
  readonly #top: Top[][];
  readonly #histogram: Float64Array;
  readonly #sum: Float64Array;
  /** Sums of the products of two channels' means, in the upper triangle. */
  readonly #products: Float64Array;
  #count = 0;

  constructor(readonly channels: number) {
    this.#top = Array.from({ length: channels }, () => []);
    this.#histogram = new Float64Array(channels * BINS);
    this.#sum = new Float64Array(channels);
    this.#products = new Float64Array(channels * channels);
  }

  /** How many pictures it has heard of. */
  get pictures(): number {
    return this.#count;
  }

  /**
   * Adds a scan. The order of scans does not matter.
   *
   * @param pictures The numbers of its pictures among all.
   */
  add({ max, place, mean, histogram }: LayerScan, pictures: readonly number[]): void {
    const { channels } = this;
    for (const [row, picture] of pictures.entries()) {
      const from = row * channels;
      for (let c = 0; c < channels; c++) {
        this.#offer(c, { picture, value: max[from + c], place: place[from + c] });
      }
      const means = mean.subarray(from, from + channels);
      for (let a = 0; a < channels; a++) {
        this.#sum[a] += means[a];
        if (means[a] === 0) continue;
        for (let b = a, at = a * channels + a; b < channels; b++, at++) {
          this.#products[at] += means[a] * means[b];
        }
      }
    }
    for (let i = 0; i < histogram.length; i++) this.#histogram[i] += histogram[i];
    this.#count += pictures.length;
  }

  #offer(channel: number, offered: Top): void {
    const top = this.#top[channel];
    if (top.length === TOP && !isBefore(offered, top[TOP - 1])) return;
    const at = top.findIndex((other) => isBefore(offered, other));
    top.splice(at < 0 ? top.length : at, 0, offered);
    if (top.length > TOP) top.pop();
  }

  #covariance(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a], n = this.#count;
    return this.#products[low * this.channels + high] / n - this.#sum[a] / n * this.#sum[b] / n;
  }

  /** What is known of a channel. */
  channel(channel: number): ChannelStatistics {
    const variance = Math.max(0, this.#covariance(channel, channel));
    const near = Array.from({ length: this.channels }, (_, other) => {
      const product = variance * this.#covariance(other, other);
      const correlation = product > 0 ? this.#covariance(channel, other) / Math.sqrt(product) : 0;
      return { channel: other, correlation: Math.max(-1, Math.min(1, correlation)) };
    });
    return {
      top: this.#top[channel],
      histogram: [...this.#histogram.subarray(channel * BINS, (channel + 1) * BINS)],
      mean: this.#sum[channel] / this.#count,
      deviation: Math.sqrt(variance),
      nearest: near.filter((other) => other.channel !== channel && other.correlation !== 0)
        .sort((a, b) => b.correlation - a.correlation).slice(0, NEAREST),
    };
  }
}

const isBefore = (a: Top, b: Top) =>
  a.value > b.value || (a.value === b.value && a.picture < b.picture);
