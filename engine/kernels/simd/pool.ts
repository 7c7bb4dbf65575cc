// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Pooling, as image.ts. A part of a forward pass is a row of windows; backward, where windows overlap,
 * it is SOME channels of an image.
 */
import { addTo, get, set } from "./vector.ts";

/** Channels of a part: a cache line of them; `_pools.ts` counts parts by it. */
const SOME: i32 = 16;

/** y = the maximum of each window of x. */
export function maxPool(
  x: usize,
  y: usize,
  h: i32,
  w: i32,
  hy: i32,
  wy: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel;
  const b = part / hy, start = (part % hy) * sh - top;
  const r0 = max(start, 0), rows = min(start + kh, h) - r0;
  x += <usize> (b * h + r0) * row;
  y += <usize> part * <usize> wy * pixel;
  for (let j = 0; j < wy; j++, y += pixel) {
    const c0 = max(j * sw - left, 0), columns = min(j * sw - left + kw, w) - c0;
    const at = x + <usize> c0 * pixel, width = <usize> columns * pixel;
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) set<v128>(y + k, most<v128>(at + k, rows, row, width, pixel));
    for (; k < pixel; k += 4) set<f32>(y + k, most<f32>(at + k, rows, row, width, pixel));
  }
}

/** The maximum of a window, `rows` times `width` bytes. */
function most<T>(x: usize, rows: i32, row: usize, width: usize, pixel: usize): v128 {
  let best = get<T>(x);
  for (; rows > 0; rows--, x += row) {
    for (let c: usize = 0; c < width; c += pixel) best = f32x4.pmax(best, get<T>(x + c));
  }
  return best;
}

/** dx = dy at the first maximum of each window of x, summed over windows; y = max pooled x. */
export function maxPoolGrad(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  h: i32,
  w: i32,
  hy: i32,
  wy: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel;
  const parts = (channels + SOME - 1) / SOME, b = part / parts;
  const first: usize = <usize> (part % parts * SOME) << 2, end = min(pixel, first + (SOME << 2));
  const image = <usize> b * <usize> h * row, pooled = <usize> (b * hy * wy) * pixel;
  x += image, dx += image, y += pooled, dy += pooled;
  clear(dx, h * w, pixel, first, end);
  for (let i = 0; i < hy; i++) {
    const r0 = max(i * sh - top, 0), rows = min(i * sh - top + kh, h) - r0;
    for (let j = 0; j < wy; j++, y += pixel, dy += pixel) {
      const c0 = max(j * sw - left, 0), columns = min(j * sw - left + kw, w) - c0;
      const at = <usize> r0 * row + <usize> c0 * pixel, width = <usize> columns * pixel;
      let k = first;
      for (; k + 16 <= end; k += 16) {
        addToFirst<v128>(dx + at + k, dy + k, x + at + k, y + k, rows, row, width, pixel);
      }
      for (; k < end; k += 4) {
        addToFirst<f32>(dx + at + k, dy + k, x + at + k, y + k, rows, row, width, pixel);
      }
    }
  }
}

/** Fills the channels from byte `first` to `end` of `pixels` pixels with zeros. */
function clear(out: usize, pixels: i32, pixel: usize, first: usize, end: usize): void {
  const zero = f32x4.splat(0);
  for (; pixels > 0; pixels--, out += pixel) {
    let k = first;
    for (; k + 16 <= end; k += 16) set<v128>(out + k, zero);
    for (; k < end; k += 4) set<f32>(out + k, zero);
  }
}

/** Adds dy to dx at the first pixel of a window, `rows` times `width` bytes, where x is y. */
function addToFirst<T>(
  dx: usize,
  dy: usize,
  x: usize,
  y: usize,
  rows: i32,
  row: usize,
  width: usize,
  pixel: usize,
): void {
  const best = get<T>(y);
  let rest = get<T>(dy); // what no earlier pixel has taken
  for (; rows > 0; rows--, x += row, dx += row) {
    for (let c: usize = 0; c < width; c += pixel) {
      const wins = f32x4.eq(get<T>(x + c), best), won = v128.and(rest, wins);
      if (!v128.any_true(won)) continue;
      addTo<T>(dx + c, won);
      rest = v128.andnot(rest, wins);
      if (!v128.any_true(rest)) return;
    }
  }
}

/**
 * y = the mean of each window of x. A divisor counts the window's pixels in the image and, where
 * `border` is 1, in the `top`, `left`, `bottom`, `right` pixels around it.
 */
export function avgPool(
  x: usize,
  y: usize,
  h: i32,
  w: i32,
  hy: i32,
  wy: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  bottom: i32,
  right: i32,
  border: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel;
  const b = part / hy, start = (part % hy) * sh - top;
  const r0 = max(start, 0), rows = min(start + kh, h) - r0;
  const high = border ? min(start + kh, h + bottom) - start : rows;
  x += <usize> (b * h + r0) * row;
  y += <usize> part * <usize> wy * pixel;
  for (let j = 0; j < wy; j++, y += pixel) {
    const begin = j * sw - left, c0 = max(begin, 0), columns = min(begin + kw, w) - c0;
    const wide = border ? min(begin + kw, w + right) - begin : columns;
    const count = f32x4.splat(<f32> (high * wide));
    const at = x + <usize> c0 * pixel, width = <usize> columns * pixel;
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) {
      set<v128>(y + k, f32x4.div(sum<v128>(at + k, rows, row, width, pixel), count));
    }
    for (; k < pixel; k += 4) {
      set<f32>(y + k, f32x4.div(sum<f32>(at + k, rows, row, width, pixel), count));
    }
  }
}

/** The sum of a window, `rows` times `width` bytes. */
function sum<T>(x: usize, rows: i32, row: usize, width: usize, pixel: usize): v128 {
  let all = f32x4.splat(0);
  for (; rows > 0; rows--, x += row) {
    for (let c: usize = 0; c < width; c += pixel) all = f32x4.add(all, get<T>(x + c));
  }
  return all;
}

/** dx = dy over the divisor of its window, as `avgPool` has it, summed over windows. */
export function avgPoolGrad(
  dy: usize,
  dx: usize,
  h: i32,
  w: i32,
  hy: i32,
  wy: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  bottom: i32,
  right: i32,
  border: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel;
  const parts = (channels + SOME - 1) / SOME, b = part / parts;
  const first: usize = <usize> (part % parts * SOME) << 2, end = min(pixel, first + (SOME << 2));
  dx += <usize> b * <usize> h * row, dy += <usize> (b * hy * wy) * pixel;
  clear(dx, h * w, pixel, first, end);
  for (let i = 0; i < hy; i++) {
    const start = i * sh - top, r0 = max(start, 0), rows = min(start + kh, h) - r0;
    const high = border ? min(start + kh, h + bottom) - start : rows;
    for (let j = 0; j < wy; j++, dy += pixel) {
      const begin = j * sw - left, c0 = max(begin, 0), columns = min(begin + kw, w) - c0;
      const wide = border ? min(begin + kw, w + right) - begin : columns;
      const count = f32x4.splat(<f32> (high * wide));
      const at = dx + <usize> r0 * row + <usize> c0 * pixel, width = <usize> columns * pixel;
      let k = first;
      for (; k + 16 <= end; k += 16) {
        addToAll<v128>(at + k, f32x4.div(get<v128>(dy + k), count), rows, row, width, pixel);
      }
      for (; k < end; k += 4) {
        addToAll<f32>(at + k, f32x4.div(get<f32>(dy + k), count), rows, row, width, pixel);
      }
    }
  }
}

/** Adds `share` to dx at every pixel of a window, `rows` times `width` bytes. */
function addToAll<T>(
  dx: usize,
  share: v128,
  rows: i32,
  row: usize,
  width: usize,
  pixel: usize,
): void {
  for (; rows > 0; rows--, dx += row) {
    for (let c: usize = 0; c < width; c += pixel) addTo<T>(dx + c, share);
  }
}
