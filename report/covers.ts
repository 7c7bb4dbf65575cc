/** Ways of taking a place out of pictures: each leaves something else there, so that none is believed alone. */
import { type Values, values } from "../core/values.ts";
import { GRID } from "../jobs/kinds/assess.ts";
import type { Place } from "./data.ts";

/** Where a place lies, whatever it is called. */
export type Part = Omit<Place, "name">;

type Range = readonly [from: number, to: number];

/** Pixels of a place: rows and columns, ends not in it. */
function boxOf({ rows, columns }: Part, [height, width]: readonly number[]) {
  const at = (edge: number, size: number) => Math.round(edge * size / GRID);
  return {
    rows: [at(rows[0], height), at(rows[1], height)] as const,
    columns: [at(columns[0], width), at(columns[1], width)] as const,
  };
}

/** A picture with a place of another one. */
export function withPlace(picture: Values, other: Values, place: Part): Values {
  const [height, width, channels] = picture.shape, made = picture.slice();
  const { rows, columns } = boxOf(place, [height, width]);
  for (let row = rows[0]; row < rows[1]; row++) {
    const from = (row * width + columns[0]) * channels, to = (row * width + columns[1]) * channels;
    made.set(other.subarray(from, to), from);
  }
  return values(made, picture.shape);
}

/** A place of the same size in the corner opposite. */
export const opposite = ({ rows, columns }: Part): Part => ({
  rows: [GRID - rows[1], GRID - rows[0]],
  columns: [GRID - columns[1], GRID - columns[0]],
});

/** The mean of pictures of one shape, number by number. */
export function meanPicture(pictures: readonly Values[]): Values {
  const sum = new Float64Array(pictures[0].length);
  for (const picture of pictures) picture.forEach((v, i) => sum[i] += v);
  return values(Float32Array.from(sum, (v) => v / pictures.length), pictures[0].shape);
}

/** Where a bell curve is cut off, in deviations. */
const CUT = 3;

/**
 * Sums of numbers along one axis of `[lines, size, stride]`, weighted by a bell curve, for the places
 * from `from` to before `to` of that axis alone: `[lines, to − from, stride]`. Beyond the ends is nothing.
 */
function bellSums(
  numbers: Float64Array,
  [lines, size, stride]: readonly [number, number, number],
  [from, to]: Range,
  deviation: number,
): Float64Array {
  const reach = Math.ceil(CUT * deviation), made = new Float64Array(lines * (to - from) * stride);
  const weights = Array.from(
    { length: reach + 1 },
    (_, far) => Math.exp(-((far / deviation) ** 2) / 2),
  );
  for (let line = 0, start = 0; line < lines; line++) {
    for (let at = from; at < to; at++, start += stride) {
      for (let other = Math.max(0, at - reach); other <= Math.min(size - 1, at + reach); other++) {
        const weight = weights[Math.abs(other - at)], read = (line * size + other) * stride;
        for (let i = 0; i < stride; i++) made[start + i] += weight * numbers[read + i];
      }
    }
  }
  return made;
}

/**
 * A picture `[height, width, channels]` with a place filled by what lies around it, blurred: every pixel
 * is the mean of those outside of the place, weighted by a bell curve whose deviation is half of the
 * place's longer side. Of what was there nothing is left, not even its colour.
 */
export function filledFromAround(picture: Values, place: Part): Values {
  const [height, width, channels] = picture.shape, made = picture.slice();
  const { rows, columns } = boxOf(place, [height, width]), each = channels + 1;
  const high = rows[1] - rows[0], wide = columns[1] - columns[0];
  // a last channel counts what is outside
  const outside = new Float64Array(height * width * each);
  for (let row = 0, pixel = 0; row < height; row++) {
    for (let column = 0; column < width; column++, pixel++) {
      const isIn = row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1];
      if (isIn) continue;
      outside.set(picture.subarray(pixel * channels, (pixel + 1) * channels), pixel * each);
      outside[pixel * each + channels] = 1;
    }
  }
  const deviation = Math.max(high, wide) / 2;
  const across = bellSums(outside, [height, width, each], columns, deviation);
  const both = bellSums(across, [1, height, wide * each], rows, deviation);
  for (let row = 0, from = 0; row < high; row++) {
    for (let column = 0; column < wide; column++, from += each) {
      const to = ((rows[0] + row) * width + columns[0] + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        made[to + channel] = both[from + channel] / both[from + channels];
      }
    }
  }
  return values(made, picture.shape);
}
