/** Windows of pictures that are one picture but for a patch of each, copied row by row. */
import type { Cut, WithPatches } from "./kernels.ts";
import { checkFloat } from "./_tensors.ts";

/** @throws {Error} unless there are as many windows as patches, with the picture's channels. */
export function checkCutOut({ base, patches, corners }: WithPatches, { corners: at }: Cut): void {
  checkFloat(base, patches);
  const [batch, , , channels] = patches.shape;
  if (base.shape[3] !== channels || corners.length !== batch || at.length !== batch) {
    throw new Error(
      `${at.length} windows on ${corners.length} patches of ${patches.shape} do not go with a ` +
        `picture of ${base.shape}`,
    );
  }
}

/** The numbers of a picture, of its patches and of what becomes of them. */
interface Numbers {
  readonly base: Float32Array;
  readonly patches: Float32Array;
  readonly into: Float32Array;
}

/** A row of pixels: its numbers, where it lies and how long it is. */
interface Row {
  readonly numbers: Float32Array;
  /** Its first number. */
  readonly from: number;
  /** The column of the picture where it begins. */
  readonly left: number;
  readonly width: number;
}

/** Copies what of a row lies in the columns of another, of `width` from `left` on, to `at`. */
function copyRow(
  { numbers, from, left, width }: Row,
  { into, at, ...columns }: { into: Float32Array; at: number; left: number; width: number },
  channels: number,
): void {
  const first = Math.max(left, columns.left);
  const end = Math.min(left + width, columns.left + columns.width);
  if (first >= end) return;
  const begin = from + (first - left) * channels;
  into.set(
    numbers.subarray(begin, begin + (end - first) * channels),
    at + (first - columns.left) * channels,
  );
}

/** Writes the windows, one after the other; shapes as `Kernels.cutOut` has them. */
export function cutOut(
  { base, patches, into }: Numbers,
  shapes: { readonly base: readonly number[]; readonly patches: readonly number[] },
  corners: WithPatches["corners"],
  { corners: at, size: [rows, columns], border }: Cut,
): void {
  const [, height, width, channels] = shapes.base, [, patchRows, patchColumns] = shapes.patches;
  const inner = columns * channels;
  at.forEach(([top, left], b) => {
    const [patchTop, patchLeft] = corners[b];
    const outside = left < 0 || left + columns > width;
    for (let row = 0; row < rows; row++) {
      const y = top + row, begin = (b * rows + row) * inner;
      const beyond = y < 0 || y >= height;
      if (beyond || outside) into.fill(border, begin, begin + inner);
      if (beyond) continue;
      const target = { into, at: begin, left, width: columns };
      copyRow({ numbers: base, from: y * width * channels, left: 0, width }, target, channels);
      const inPatch = y - patchTop;
      if (inPatch < 0 || inPatch >= patchRows) continue;
      const from = (b * patchRows + inPatch) * patchColumns * channels;
      copyRow(
        { numbers: patches, from, left: patchLeft, width: patchColumns },
        target,
        channels,
      );
    }
  });
}

/** For each pixel of the windows, its row in a list: the picture's pixels, the border, the patches'. */
export function pixelsOf(
  shapes: { readonly base: readonly number[]; readonly patches: readonly number[] },
  corners: WithPatches["corners"],
  { corners: at, size: [rows, columns] }: Cut,
): Int32Array {
  const [, height, width] = shapes.base, [, patchRows, patchColumns] = shapes.patches;
  const beyond = height * width, pixels = new Int32Array(at.length * rows * columns);
  let i = 0;
  at.forEach(([top, left], b) => {
    for (let y = top; y < top + rows; y++) {
      for (let x = left; x < left + columns; x++) {
        const row = y - corners[b][0], column = x - corners[b][1];
        pixels[i++] = y < 0 || y >= height || x < 0 || x >= width
          ? beyond
          : row >= 0 && row < patchRows && column >= 0 && column < patchColumns
          ? beyond + 1 + (b * patchRows + row) * patchColumns + column
          : y * width + x;
      }
    }
  });
  return pixels;
}

/** The shape of the windows. */
export const windowsShape = (
  { patches: { shape: [batch, , , channels] } }: WithPatches,
  { size }: Cut,
): [number, number, number, number] => [batch, ...size, channels];
