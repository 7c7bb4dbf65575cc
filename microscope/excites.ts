/** Which channels a picture excites: those whose values on it are unusual for them. */
import type { LayerScan } from "../jobs/kinds/_layer_scan.ts";

/** How many channels of a layer are named of a picture. */
const MOST = 8;

/** How large a channel's largest values usually are. */
export interface Usual {
  readonly mean: number;
  readonly deviation: number;
}

/** The mean and the deviation of each channel's largest values, from scans one after another. */
export class UsualMaxima {
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(readonly channels: number) {
    this.#sum = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  add({ max }: Pick<LayerScan, "max">): void {
    const { channels } = this;
    for (let i = 0, c = 0; i < max.length; i++) {
      this.#sum[c] += max[i];
      this.#squares[c] += max[i] ** 2;
      if (++c === channels) c = 0;
    }
    this.#count += max.length / channels;
  }

  channel(c: number): Usual {
    const mean = this.#sum[c] / this.#count;
    const variance = Math.max(0, this.#squares[c] / this.#count - mean ** 2);
    return { mean, deviation: Math.sqrt(variance) };
  }
}

/** The channels whose largest values on a picture are the most deviations above the usual. */
export function excitedBy(max: Float32Array, usual: readonly Usual[]): number[] {
  const beyond = usual.map(({ mean, deviation }, c) => deviation ? (max[c] - mean) / deviation : 0);
  return beyond.map((_, c) => c).filter((c) => beyond[c] > 0)
    .sort((a, b) => beyond[b] - beyond[a]).slice(0, MOST);
}
