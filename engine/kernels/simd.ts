// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it to simd.wasm.
/*
 * Kernels on the memory of TensorFlow.js's WebAssembly backend: pointers are byte addresses of
 * float32 arrays in NHWC order, sizes are counts of pixels or channels unless they say bytes.
 *
 * The module owns no memory: it has no data, no globals and no stack there, only its arguments.
 * Innermost loops run over channels: four (v128), then one by one (f32) what is left.
 */
import { get, set } from "./simd_vector.ts";

/** dx = dy where y > 0, else 0. */
export function reluGrad(dy: usize, y: usize, dx: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  const wide = bytes & ~15;
  let i: usize = 0;
  for (; i < wide; i += 16) {
    v128.store(dx + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), zero)));
  }
  for (; i < bytes; i += 4) store<f32>(dx + i, load<f32>(y + i) > 0 ? load<f32>(dy + i) : 0);
}

/** y = max(a + b, 0). */
export function addRelu(a: usize, b: usize, y: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  const wide = bytes & ~15;
  let i: usize = 0;
  for (; i < wide; i += 16) {
    v128.store(y + i, f32x4.pmax(f32x4.add(v128.load(a + i), v128.load(b + i)), zero));
  }
  for (; i < bytes; i += 4) {
    const sum = load<f32>(a + i) + load<f32>(b + i);
    store<f32>(y + i, sum < 0 ? 0 : sum);
  }
}

/** Fills `bytes` at `out` with zeros. */
export function zero(out: usize, bytes: usize): void {
  memory.fill(out, 0, bytes);
}

/** out[b, i·sh, j·sw, :] += z[b, i, j, :], with z of hz×wz pixels and out of h×w. */
export function scatter(
  z: usize,
  out: usize,
  batch: i32,
  hz: i32,
  wz: i32,
  h: i32,
  w: i32,
  channels: i32,
  sh: i32,
  sw: i32,
): void {
  const pixel: usize = <usize> channels << 2;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < hz; i++) {
      let to = out + (<usize> (b * h + i * sh) * w) * pixel;
      for (let j = 0; j < wz; j++, z += pixel, to += <usize> sw * pixel) {
        let k: usize = 0;
        for (; k + 16 <= pixel; k += 16) addTo<v128>(to + k, v128.load(z + k));
        for (; k < pixel; k += 4) addTo<f32>(to + k, get<f32>(z + k));
      }
    }
  }
}

/** out[b, i, j, :] = z[b, i / n, j / n, (i mod n)·n + j mod n, :], cropped to h×w; n = block. */
export function depthToSpace(
  z: usize,
  out: usize,
  batch: i32,
  hz: i32,
  wz: i32,
  block: i32,
  h: i32,
  w: i32,
  channels: i32,
): void {
  const run: usize = <usize> (block * channels) << 2; // one row of a block lies in one piece
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < h; i++) {
      const end = out + (<usize> (w * channels) << 2);
      let from = z + (<usize> (b * hz + i / block) * wz * block + i % block) * run;
      while (out < end) {
        const length = min(run, end - out);
        let k: usize = 0;
        for (; k + 16 <= length; k += 16) v128.store(out + k, v128.load(from + k));
        for (; k < length; k += 4) store<f32>(out + k, load<f32>(from + k));
        out += length;
        from += run * block;
      }
    }
  }
}

/** dx = dy at the first maximum of each window of x, summed over windows; y = max pooled x. */
export function maxPoolGrad(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  batch: i32,
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
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel, image = <usize> h * row;
  for (let b = 0; b < batch; b++, x += image, dx += image) {
    memory.fill(dx, 0, image);
    for (let i = 0; i < hy; i++) {
      const r0 = max(i * sh - top, 0), rows = min(i * sh - top + kh, h) - r0;
      for (let j = 0; j < wy; j++, y += pixel, dy += pixel) {
        const c0 = max(j * sw - left, 0), columns = min(j * sw - left + kw, w) - c0;
        const at = <usize> r0 * row + <usize> c0 * pixel, width = <usize> columns * pixel;
        let k: usize = 0;
        for (; k + 16 <= pixel; k += 16) {
          addToFirst<v128>(dx + at + k, dy + k, x + at + k, y + k, rows, row, width, pixel);
        }
        for (; k < pixel; k += 4) {
          addToFirst<f32>(dx + at + k, dy + k, x + at + k, y + k, rows, row, width, pixel);
        }
      }
    }
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
      const wins = f32x4.eq(get<T>(x + c), best);
      addTo<T>(dx + c, v128.and(rest, wins));
      rest = v128.andnot(rest, wins);
    }
  }
}

/**
 * dx = dy over the divisor of its window, summed over windows. A divisor counts the window's pixels
 * in the image and, where `border` is 1, in the `top`, `left`, `bottom`, `right` pixels around it.
 */
export function avgPoolGrad(
  dy: usize,
  dx: usize,
  batch: i32,
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
): void {
  const pixel: usize = <usize> channels << 2, row = <usize> w * pixel, image = <usize> h * row;
  for (let b = 0; b < batch; b++, dx += image) {
    memory.fill(dx, 0, image);
    for (let i = 0; i < hy; i++) {
      const start = i * sh - top, r0 = max(start, 0), rows = min(start + kh, h) - r0;
      const high = border ? min(start + kh, h + bottom) - start : rows;
      for (let j = 0; j < wy; j++, dy += pixel) {
        const begin = j * sw - left, c0 = max(begin, 0), columns = min(begin + kw, w) - c0;
        const wide = border ? min(begin + kw, w + right) - begin : columns;
        const count = f32x4.splat(<f32> (high * wide));
        const at = dx + <usize> r0 * row + <usize> c0 * pixel, width = <usize> columns * pixel;
        let k: usize = 0;
        for (; k + 16 <= pixel; k += 16) {
          addToAll<v128>(at + k, f32x4.div(get<v128>(dy + k), count), rows, row, width, pixel);
        }
        for (; k < pixel; k += 4) {
          addToAll<f32>(at + k, f32x4.div(get<f32>(dy + k), count), rows, row, width, pixel);
        }
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

/** Adds as many numbers to those at `at`. */
function addTo<T>(at: usize, value: v128): void {
  set<T>(at, f32x4.add(get<T>(at), value));
}
