/** What pictures excite in a layer: the largest values, where they are, how all are spread, and some of them. */
import { random } from "../../core/random.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { BINS, count } from "./_bins.ts";

/** What was found of a layer, in the order of the pictures that could be read. */
export interface LayerScan {
  /** The largest value of each channel: `[pictures, channels]`. */
  readonly max: Values;
  /** Its place, row · width + column, the first of several: `[pictures, channels]`. */
  readonly place: Values;
  /** The mean over the places: `[pictures, channels]`. */
  readonly mean: Values;
  /** How many values lie in each bin (`_bins.ts`): `[channels, bins]`. */
  readonly histogram: Values;
  /** Some places, with all their channels: `[places, channels]`. */
  readonly sample: Values;
  /** The picture of each of them, by its row: `[places]`. */
  readonly of: Values;
}

/** Numbers of rows of one length, one after another. */
function concat(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

/** From this many on, the places at a map's edge are left out: they see what lies beyond the picture. */
const EDGED = 4;

/** The places of a map that are drawn from: row · width + column. */
function innerPlaces([rows = 1, columns = 1]: readonly number[]): number[] {
  const edge = rows >= EDGED && columns >= EDGED ? 1 : 0, places: number[] = [];
  for (let row = edge; row < rows - edge; row++) {
    for (let column = edge; column < columns - edge; column++) places.push(row * columns + column);
  }
  return places;
}

/** Some of the places, each once, drawn by a seed; all, where there are no more. */
function someOf(places: number[], count: number, seed: string): number[] {
  const drawn = random(seed), some = Math.min(count, places.length);
  for (let i = 0; i < some; i++) {
    const other = drawn.integer(i, places.length - 1);
    [places[i], places[other]] = [places[other], places[i]];
  }
  return places.slice(0, some);
}

/** Gathers what is found of a layer, picture by picture. */
export class Layer {
  readonly #rows: { max: Float32Array; place: Float32Array; mean: Float32Array }[] = [];
  /** Places that were drawn: their channels, and the rows of their pictures. */
  readonly #sample: Float32Array[] = [];
  readonly #of: number[] = [];
  #histogram = new Float32Array(0);
  #channels = 0;

  /** @param sampled places that are drawn of each picture */
  constructor(readonly sampled: number) {}

  /**
   * @param data `[pictures, …places, channels]`
   * @param seeds of each picture what the places are drawn by
   */
  add(data: Float32Array, shape: readonly number[], seeds: readonly string[]): void {
    const [pictures] = shape, channels = shape.at(-1)!, places = sizeOf(shape.slice(1, -1));
    if (this.#channels === 0) {
      this.#channels = channels;
      this.#histogram = new Float32Array(channels * BINS);
    }
    for (let n = 0; n < pictures; n++) {
      const own = data.subarray(n * places * channels, (n + 1) * places * channels);
      const max = own.slice(0, channels), place = new Float32Array(channels);
      const sum = new Float64Array(channels);
      for (let p = 0, i = 0; p < places; p++) {
        for (let c = 0; c < channels; c++, i++) {
          const value = own[i];
          sum[c] += value;
          if (value > max[c]) {
            max[c] = value;
            place[c] = p;
          }
        }
      }
      count(own, channels, this.#histogram);
      for (const p of someOf(innerPlaces(shape.slice(1, -1)), this.sampled, seeds[n])) {
        this.#sample.push(own.slice(p * channels, (p + 1) * channels));
        this.#of.push(this.#rows.length);
      }
      this.#rows.push({ max, place, mean: Float32Array.from(sum, (s) => s / places) });
    }
  }

  result(): LayerScan {
    const rows = this.#rows.length, channels = this.#channels, shape = [rows, channels];
    const together = (part: "max" | "place" | "mean") =>
      values(concat(this.#rows.map((row) => row[part])), shape);
    return {
      max: together("max"),
      place: together("place"),
      mean: together("mean"),
      histogram: values(this.#histogram, [channels, BINS]),
      sample: values(concat(this.#sample), [this.#sample.length, channels]),
      of: values(Float32Array.from(this.#of), [this.#of.length]),
    };
  }
}
