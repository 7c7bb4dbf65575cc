/** The geometry of pooling windows: which pixels of an image a window covers. */
import { UserError } from "../../core/errors.ts";

/** Pixels of padding on each side, each fewer than the filter's. */
export interface Padding {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** Windows of `filter` [rows, columns] pixels, `strides` [rows, columns] apart. */
export interface PoolSpec {
  filter: [number, number];
  strides: [number, number];
  pad: Padding;
  /** Also takes the last window where it hangs over the padding (PyTorch's `ceil_mode`). */
  ceil?: boolean;
}

/** Windows that are averaged. */
export interface AvgPoolSpec extends PoolSpec {
  /**
   * Whether padding counts in a window's divisor (PyTorch's `count_include_pad`); what hangs over
   * the padding under `ceil` never does. TensorFlow's "same" is false.
   */
  countPadding: boolean;
}

/**
 * How many windows [rows, columns] an image of [rows, columns] pixels has: PyTorch's rule, where
 * `ceil` adds a last, shorter window only if it starts within the image or the padding before it.
 *
 * @throws {UserError} when the padded image is smaller than one window.
 * @throws {Error} when padding is as wide as the filter, so that a window could hold nothing else.
 */
export function poolSize(spec: PoolSpec, image: [number, number]): [number, number] {
  const { filter, strides, pad, ceil } = spec;
  const padding = [[pad.top, pad.bottom], [pad.left, pad.right]];
  const [rows, columns] = [0, 1].map((axis) => {
    const [before, after] = padding[axis];
    const size = image[axis], k = filter[axis], s = strides[axis];
    if (Math.min(before, after) < 0 || Math.max(before, after) >= k) {
      throw new Error(`padding ${before} and ${after} does not go with a filter of ${k}`);
    }
    const floor = Math.floor((size + before + after - k) / s) + 1;
    const more = ceil && (floor - 1) * s + k < size + before + after && floor * s < size + before;
    return floor + (more ? 1 : 0);
  });
  if (rows < 1 || columns < 1) {
    throw new UserError(
      `Cannot pool an image of ${image.join("×")} pixels by windows of ${filter.join("×")}: ` +
        `a larger input image would work.`,
    );
  }
  return [rows, columns];
}

/** Padding that makes every window of `spec` whole: `ceil` is written out, unused rows are not. */
export function exactPadding(spec: PoolSpec, image: [number, number]): Padding {
  const { filter: [kh, kw], strides: [sh, sw], pad: { top, left } } = spec;
  const [rows, columns] = poolSize(spec, image);
  return {
    top,
    left,
    bottom: Math.max(0, (rows - 1) * sh + kh - image[0] - top),
    right: Math.max(0, (columns - 1) * sw + kw - image[1] - left),
  };
}

/** The divisors of an average's windows, rows × columns, in row-major order. */
export function windowCounts(spec: AvgPoolSpec, image: [number, number]): Float32Array {
  const { filter, strides, pad, countPadding } = spec;
  const size = poolSize(spec, image);
  const border = [[pad.top, pad.bottom], [pad.left, pad.right]];
  const [rows, columns] = [0, 1].map((axis) => {
    const [before, after] = border[axis];
    return Array.from({ length: size[axis] }, (_, i) => {
      const start = i * strides[axis] - before;
      const end = Math.min(start + filter[axis], image[axis] + (countPadding ? after : 0));
      return end - (countPadding ? start : Math.max(start, 0));
    });
  });
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
}
