// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Convolutions of each channel on its own, with kernels [rows, columns, in, multiplier]. A part is a row
 * of the result. With one output channel for each input channel, four channels go at a time.
 */
import { get, limited, plusProduct, set } from "./vector.ts";

/** y = limited(bias + Σ x · kernel). */
export function depthwise(
  x: usize,
  kernel: usize,
  bias: usize,
  y: usize,
  h: i32,
  w: i32,
  channels: i32,
  multiplier: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  dh: i32,
  dw: i32,
  oh: i32,
  ow: i32,
  top: i32,
  left: i32,
  lowest: f32,
  highest: f32,
  part: i32,
): void {
  const pixel = <usize> channels << 2, row = <usize> w * pixel;
  const tap = pixel * <usize> multiplier, tapRow = <usize> kw * tap;
  const low = f32x4.splat(lowest), high = f32x4.splat(highest);
  const start = part % oh * sh - top;
  const a0 = firstTap(start, dh), rows = lastTap(start, dh, kh, h) - a0;
  const image = x + <usize> (part / oh * h + start + a0 * dh) * row;
  y += <usize> part * <usize> ow * tap;
  for (let j = 0; j < ow; j++, y += tap) {
    const begin = j * sw - left;
    const b0 = firstTap(begin, dw), columns = lastTap(begin, dw, kw, w) - b0;
    const at = image + <usize> (begin + b0 * dw) * pixel;
    const weights = kernel + <usize> a0 * tapRow + <usize> b0 * tap;
    let k: usize = 0;
    if (multiplier === 1) {
      for (; k + 32 <= pixel; k += 32) {
        weigh2(
          y + k,
          bias ? bias + k : 0,
          at + k,
          weights + k,
          rows,
          columns,
          <usize> dh * row,
          <usize> dw * pixel,
          tapRow,
          tap,
          low,
          high,
        );
      }
      for (; k + 16 <= pixel; k += 16) {
        set<v128>(
          y + k,
          limited(
            weighed<v128>(
              bias ? v128.load(bias + k) : f32x4.splat(0),
              at + k,
              weights + k,
              rows,
              columns,
              <usize> dh * row,
              <usize> dw * pixel,
              tapRow,
              tap,
            ),
            low,
            high,
          ),
        );
      }
    }
    for (; k < tap; k += 4) {
      const from = at + ((k >> 2) / <usize> multiplier << 2);
      set<f32>(
        y + k,
        limited(
          weighed<f32>(
            bias ? get<f32>(bias + k) : f32x4.splat(0),
            from,
            weights + k,
            rows,
            columns,
            <usize> dh * row,
            <usize> dw * pixel,
            tapRow,
            tap,
          ),
          low,
          high,
        ),
      );
    }
  }
}

/** The first tap of a window that begins at `start` and lies in the image. */
function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

/** The one behind the last, at least the first. */
function lastTap(start: i32, dilation: i32, taps: i32, size: i32): i32 {
  return max(firstTap(start, dilation), min(taps, (size - start + dilation - 1) / dilation));
}

/** sum + Σ x · weights over rows and columns of taps. */
function weighed<T>(
  sum: v128,
  x: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  rowStep: usize,
  columnStep: usize,
  tapRow: usize,
  tap: usize,
): v128 {
  for (; rows > 0; rows--, x += rowStep, weights += tapRow) {
    let at = x, with_ = weights;
    for (let c = columns; c > 0; c--, at += columnStep, with_ += tap) {
      sum = plusProduct(sum, get<T>(at), get<T>(with_));
    }
  }
  return sum;
}

/** The same for eight channels, written to y. */
function weigh2(
  y: usize,
  bias: usize,
  x: usize,
  weights: usize,
  rows: i32,
  columns: i32,
  rowStep: usize,
  columnStep: usize,
  tapRow: usize,
  tap: usize,
  low: v128,
  high: v128,
): void {
  let s = bias ? v128.load(bias) : f32x4.splat(0);
  let t = bias ? v128.load(bias, 16) : f32x4.splat(0);
  for (; rows > 0; rows--, x += rowStep, weights += tapRow) {
    let at = x, with_ = weights;
    for (let c = columns; c > 0; c--, at += columnStep, with_ += tap) {
      s = plusProduct(s, v128.load(at), v128.load(with_));
      t = plusProduct(t, v128.load(at, 16), v128.load(with_, 16));
    }
  }
  v128.store(y, limited(s, low, high));
  v128.store(y, limited(t, low, high), 16);
}

/** dx, where y is `depthwise` of x and dy its gradient. */
export function depthwiseGrad(
  dy: usize,
  kernel: usize,
  dx: usize,
  h: i32,
  w: i32,
  channels: i32,
  multiplier: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  dh: i32,
  dw: i32,
  oh: i32,
  ow: i32,
  top: i32,
  left: i32,
  part: i32,
): void {
  const pixel = <usize> channels << 2, zero = f32x4.splat(0);
  const tap = pixel * <usize> multiplier, row = <usize> ow * tap; // of dy
  const i = part % h + top;
  // taps that reach this row from a row of dy: each next one from an earlier row
  const a0 = firstReach(i, kh, sh, dh, oh), rows = reaches(i, a0, kh, sh, dh);
  const aStep = stepOf(sh, dh), rStep = aStep * dh / sh;
  const from = dy + <usize> (part / h * oh + (i - a0 * dh) / sh) * row;
  dx += <usize> part * <usize> w * pixel;
  for (let c = 0; c < w; c++, dx += pixel) {
    const j = c + left;
    const b0 = firstReach(j, kw, sw, dw, ow), columns = reaches(j, b0, kw, sw, dw);
    const bStep = stepOf(sw, dw), cStep = bStep * dw / sw;
    const at = from + <usize> ((j - b0 * dw) / sw) * tap;
    const weights = kernel + <usize> (a0 * kw + b0) * tap;
    const rowStep = 0 - <usize> rStep * row, columnStep = 0 - <usize> cStep * tap;
    const tapRow = <usize> (aStep * kw) * tap, tapStep = <usize> bStep * tap;
    let k: usize = 0;
    if (multiplier === 1) {
      for (; k + 16 <= pixel; k += 16) {
        set<v128>(
          dx + k,
          weighed<v128>(
            zero,
            at + k,
            weights + k,
            rows,
            columns,
            rowStep,
            columnStep,
            tapRow,
            tapStep,
          ),
        );
      }
    }
    for (; k < pixel; k += 4) {
      let sum = zero;
      const first = k * <usize> multiplier, last = first + (<usize> multiplier << 2);
      for (let o = first; o < last; o += 4) {
        sum = weighed<f32>(
          sum,
          at + o,
          weights + o,
          rows,
          columns,
          rowStep,
          columnStep,
          tapRow,
          tapStep,
        );
      }
      set<f32>(dx + k, sum);
    }
  }
}

/** Every how many taps a window of that stride and dilation reaches a pixel. */
function stepOf(stride: i32, dilation: i32): i32 {
  let step = 1;
  while (step * dilation % stride !== 0) step++;
  return step;
}

/** The first tap through which a pixel, `at` behind the first window's begin, is in one of `count`; `taps` if none. */
function firstReach(at: i32, taps: i32, stride: i32, dilation: i32, count: i32): i32 {
  for (let t = 0; t < taps; t++) {
    const start = at - t * dilation;
    if (start < 0) break;
    if (start % stride === 0 && start / stride < count) return t;
  }
  return taps;
}

/** How many taps there are from the first one on. */
function reaches(at: i32, first: i32, taps: i32, stride: i32, dilation: i32): i32 {
  if (first >= taps) return 0;
  const step = stepOf(stride, dilation);
  return min((taps - 1 - first) / step, (at - first * dilation) / dilation / step) + 1;
}
