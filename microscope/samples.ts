/** Places of many pictures, with all the channels of a layer: what an atlas is made of. */
import { random } from "../core/random.ts";
import type { LayerScan } from "../jobs/kinds/_layer_scan.ts";

/** About how many places are drawn of all pictures together, if these have so many. */
const WANTED = 4000;
/** Of one picture, at most. */
const MOST_EACH = 16;
/** Places that an atlas is laid out by, at most. */
const MOST = 5000;

/** Of how many places of each picture all channels are kept: a power of two, so that it seldom changes. */
export const sampledOf = (pictures: number): number =>
  Math.min(MOST_EACH, 2 ** Math.max(0, Math.ceil(Math.log2(WANTED / pictures))));

/** Gathers the places of a layer, from scans one after another; of very many, some, drawn by chance. */
export class Samples {
  readonly #rows: Float32Array[] = [];
  readonly #pictures: number[] = [];
  readonly #share: number;

  /**
   * @param channels of the layer
   * @param expected how many places there will be, about
   */
  constructor(readonly channels: number, expected: number, readonly seed: number) {
    this.#share = MOST / expected;
  }

  /** @param pictures the numbers of the scan's pictures among all */
  add({ sample, of }: LayerScan, pictures: readonly number[]): void {
    const { channels } = this;
    for (let i = 0; i < of.length; i++) {
      const row = sample.slice(i * channels, (i + 1) * channels);
      // a place where no channel says anything has no direction
      if (row.every((value) => value === 0) || !row.every(Number.isFinite)) continue;
      if (this.#share < 1 && random(`${this.seed} ${pictures[of[i]]} ${i}`).next() >= this.#share) {
        continue;
      }
      this.#rows.push(row);
      this.#pictures.push(pictures[of[i]]);
    }
  }

  get count(): number {
    return this.#rows.length;
  }

  /** The picture of a place. */
  pictureOf(place: number): number {
    return this.#pictures[place];
  }

  /** All places as directions, of length 1: `[places, channels]`. */
  directions(): Float32Array {
    const all = new Float32Array(this.count * this.channels);
    this.#rows.forEach((row, i) => {
      const length = Math.hypot(...row);
      all.set(row.map((value) => value / length), i * this.channels);
    });
    return all;
  }

  /** The mean of some places. */
  mean(places: readonly number[]): Float64Array {
    const mean = new Float64Array(this.channels);
    for (const place of places) {
      const row = this.#rows[place];
      for (let c = 0; c < mean.length; c++) mean[c] += row[c] / places.length;
    }
    return mean;
  }

  /** How far a place goes in a direction, by the angle: −1..1. */
  cosine(place: number, direction: Float64Array): number {
    const row = this.#rows[place];
    let product = 0;
    for (let c = 0; c < row.length; c++) product += row[c] * direction[c];
    return product / (Math.hypot(...row) * Math.hypot(...direction));
  }
}
