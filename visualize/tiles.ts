/** An image that is too large to look at whole, seen in tiles that overlap. */
import * as tf from "../deps/tfjs.ts";
import type { Look } from "./look.ts";

/** Networks halve an image up to five times; tiles that begin at its multiples see what the whole does. */
const GRID = 32;

/** Where tiles lie along one side. */
export interface Span {
  readonly from: number;
  readonly length: number;
}

/** What tiles are like. */
export interface Tiling {
  /** Largest side of a tile, in pixels. */
  readonly size: number;
  /** Whether each must have that size, as a network's input may. */
  readonly exact: boolean;
}

const toGrid = (pixels: number) => Math.max(GRID, Math.floor(pixels / GRID) * GRID);

/** Tiles that cover a length; neighbours share an eighth of their size. */
export function spans(length: number, { size, exact }: Tiling): Span[] {
  if (length <= size) return [{ from: 0, length }];
  const side = exact ? size : toGrid(size);
  const shared = exact ? Math.floor(size / 8) : toGrid(side / 8);
  const count = Math.ceil((length - shared) / (side - shared));
  if (exact) {
    const step = (length - side) / (count - 1);
    return Array.from({ length: count }, (_, i) => ({ from: Math.round(i * step), length: side }));
  }
  const step = Math.ceil((length - shared) / count / GRID) * GRID;
  return Array.from({ length: count }, (_, i) => {
    const from = i * step;
    return { from, length: Math.min(step + shared, length - from) };
  });
}

/**
 * How much each of some spans says of its pixels: where two overlap, one fades into the other over the
 * middle half, so that what a tile's edge distorts does not count.
 *
 * @returns For each span one weight a pixel; those of one pixel sum to 1.
 */
export function shares(spans: readonly Span[], length: number): Float32Array[] {
  const sums = new Float64Array(length);
  const rise = (at: number, overlap: number) =>
    Math.min(1, Math.max(0, ((at + 0.5) / overlap - 0.25) * 2));
  const all = spans.map(({ from, length }, i) => {
    const before = i > 0 ? spans[i - 1].from + spans[i - 1].length - from : 0;
    const after = i + 1 < spans.length ? from + length - spans[i + 1].from : 0;
    return Float32Array.from({ length }, (_, x) => {
      const weight = (before > 0 ? rise(x, before) : 1) *
        (after > 0 ? rise(length - 1 - x, after) : 1);
      sums[from + x] += weight;
      return weight;
    });
  });
  return all.map((weights, i) => weights.map((weight, x) => weight / sums[spans[i].from + x]));
}

/** A part of numbers `[height, width, channels]`. */
function cut(
  numbers: Float32Array,
  [, width, channels]: readonly number[],
  down: Span,
  along: Span,
) {
  const row = along.length * channels, part = new Float32Array(down.length * row);
  for (let y = 0; y < down.length; y++) {
    const from = ((down.from + y) * width + along.from) * channels;
    part.set(numbers.subarray(from, from + row), y * row);
  }
  return part;
}

/**
 * Looks at an image in tiles, one after the other: what is needed at a time is what one tile needs. The
 * value is the mean of theirs by area, and the gradient fades from one to the next; of an objective that
 * is a mean over places, both are the whole image's but for what lies beyond a tile's edge.
 */
export const inTiles = (look: Look, tiling: Tiling): Look => async (image) => {
  const [, height, width, channels] = image.shape;
  const [downs, alongs] = [spans(height, tiling), spans(width, tiling)];
  if (downs.length * alongs.length === 1) return await look(image);
  const [vertical, horizontal] = [shares(downs, height), shares(alongs, width)];
  const numbers = await image.data() as Float32Array, shape = [height, width, channels];
  const gradient = new Float32Array(numbers.length);
  const sum = (spans: readonly Span[]) => spans.reduce((sum, { length }) => sum + length, 0);
  const area = sum(downs) * sum(alongs);
  let value = 0;
  for (const [i, down] of downs.entries()) {
    for (const [j, along] of alongs.entries()) {
      const size: [number, number, number, number] = [1, down.length, along.length, channels];
      const tile = tf.tensor4d(cut(numbers, shape, down, along), size);
      const seen = await look(tile);
      const [own] = await seen.value.data(), part = await seen.gradient.data();
      tf.dispose([tile, seen.value, seen.gradient]);
      const pixels = down.length * along.length, scale = pixels / (height * width);
      value += own * pixels / area;
      for (let y = 0, from = 0; y < down.length; y++) {
        const weight = vertical[i][y] * scale;
        let to = ((down.from + y) * width + along.from) * channels;
        for (let x = 0; x < along.length; x++) {
          const share = weight * horizontal[j][x];
          for (let c = 0; c < channels; c++) gradient[to++] += share * part[from++];
        }
      }
    }
  }
  return { value: tf.scalar(value), gradient: tf.tensor4d(gradient, image.shape) };
};
