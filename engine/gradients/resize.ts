/**
 * Gradients of resizing. A resized picture is a product with one matrix along its height and one
 * along its width; the backends' own kernels know no half pixels, and are wrong on some.
 */
import * as tf from "../../deps/tfjs.ts";
import { backAlong, backFrom } from "./along.ts";
import { gradient } from "./gradient.ts";

interface Grid {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Input pixels that a pixel of the output is apart from the next. */
const stride = (count: number, size: number, { alignCorners }: Grid) =>
  alignCorners && size > 1 ? (count - 1) / (size - 1) : count / size;

/** For each of `size` pixels of the output, the nearest of `count` of the input. */
function nearest(count: number, size: number, grid: Grid): number[] {
  const step = stride(count, size, grid), half = grid.halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: size }, (_, i) => {
    const at = (i + half) * step;
    return Math.min(count - 1, grid.alignCorners ? Math.round(at) : Math.floor(at));
  });
}

/** `[size, count]`: how much of each pixel of the input is in a pixel of the output. */
function linear(count: number, size: number, grid: Grid): tf.Tensor2D {
  const step = stride(count, size, grid), half = grid.halfPixelCenters ? 0.5 : 0;
  const shares = new Float32Array(size * count);
  for (let i = 0; i < size; i++) {
    const at = Math.min(count - 1, Math.max(0, (i + half) * step - half)), first = Math.floor(at);
    shares[i * count + first] += 1 - (at - first);
    if (at > first) shares[i * count + first + 1] += at - first;
  }
  return tf.tensor2d(shares, [size, count]);
}

/** Back along the height, then along the width. */
const back = (
  kernelName: string,
  along: (axis: number, count: number, dy: tf.Tensor, grid: Grid) => tf.Tensor,
): tf.GradConfig =>
  gradient<Grid>(kernelName, { inputs: ["images"] }, ([dy], [{ shape }], grid) => ({
    images: () => along(2, shape[2]!, along(1, shape[1]!, dy, grid), grid),
  }));

export const resize: readonly tf.GradConfig[] = [
  back(
    tf.ResizeBilinear,
    (axis, count, dy, grid) => backAlong(axis, linear(count, dy.shape[axis], grid), dy),
  ),
  back(
    tf.ResizeNearestNeighbor,
    (axis, count, dy, grid) => backFrom(axis, nearest(count, dy.shape[axis], grid), count, dy),
  ),
];
