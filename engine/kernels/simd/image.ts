// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Pixels moved: images are NHWC, their addresses bytes, sizes counts of pixels or channels. Innermost
 * loops run over channels: four (v128), then one by one (f32) what is left.
 */
import { addTo, get, limited, set } from "./vector.ts";

/** Bytes of a part of what is copied; `_moves.ts` counts parts by it. */
const CHUNK: usize = 262144;

/**
 * Copies `bytes` from every `fromStep` bytes to every `toStep` bytes, `count` times: some channels of
 * an image's pixels. A part is as many as make a chunk.
 */
export function copyChannels(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  bytes: usize,
  count: usize,
  part: usize,
): void {
  const some = max(CHUNK / bytes, 1), first = part * some, last = min(count, first + some);
  from += first * fromStep, to += first * toStep;
  const wide = bytes & ~15;
  for (let i = first; i < last; i++, from += fromStep, to += toStep) {
    let k: usize = 0;
    for (; k < wide; k += 16) v128.store(to + k, v128.load(from + k));
    for (; k < bytes; k += 4) store<f32>(to + k, load<f32>(from + k));
  }
}

/**
 * y = limited(slope · x + shift) with a slope and (unless its address is 0) a shift for each channel.
 * Parts as of `copyChannels`.
 */
export function affine(
  x: usize,
  slope: usize,
  shift: usize,
  y: usize,
  channels: usize,
  count: usize,
  lowest: f32,
  highest: f32,
  part: usize,
): void {
  const pixel = channels << 2, some = max(CHUNK / pixel, 1);
  const first = part * some, last = min(count, first + some);
  const low = f32x4.splat(lowest), high = f32x4.splat(highest), zero = f32x4.splat(0);
  x += first * pixel, y += first * pixel;
  for (let i = first; i < last; i++, x += pixel, y += pixel) {
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) {
      const offset = shift ? v128.load(shift + k) : zero;
      const scaled = f32x4.mul(v128.load(x + k), v128.load(slope + k));
      v128.store(y + k, limited(f32x4.add(scaled, offset), low, high));
    }
    for (; k < pixel; k += 4) {
      const offset = shift ? get<f32>(shift + k) : zero;
      const scaled = f32x4.mul(get<f32>(x + k), get<f32>(slope + k));
      set<f32>(y + k, limited(f32x4.add(scaled, offset), low, high));
    }
  }
}

/** out[b, i·sh, j·sw, :] += z[b, i, j, :], with z of hz×wz pixels and out of h×w; a part is a row of z. */
export function scatter(
  z: usize,
  out: usize,
  hz: i32,
  wz: i32,
  h: i32,
  w: i32,
  channels: i32,
  sh: i32,
  sw: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2;
  const b = part / hz, i = part % hz;
  z += <usize> part * <usize> wz * pixel;
  let to = out + (<usize> (b * h + i * sh) * w) * pixel;
  for (let j = 0; j < wz; j++, z += pixel, to += <usize> sw * pixel) {
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) addTo<v128>(to + k, v128.load(z + k));
    for (; k < pixel; k += 4) addTo<f32>(to + k, get<f32>(z + k));
  }
}

/** out[b, i·s + top, j·s + left, :] = z[b, i, j, :]; a part is a row of z. */
export function interleave(
  z: usize,
  out: usize,
  hz: i32,
  wz: i32,
  h: i32,
  w: i32,
  channels: i32,
  s: i32,
  top: i32,
  left: i32,
  part: i32,
): void {
  const pixel: usize = <usize> channels << 2, b = part / hz, i = part % hz;
  z += <usize> part * <usize> wz * pixel;
  let to = out + (<usize> ((b * h + i * s + top) * w + left) * pixel);
  for (let j = 0; j < wz; j++, z += pixel, to += <usize> s * pixel) {
    let k: usize = 0;
    for (; k + 16 <= pixel; k += 16) v128.store(to + k, v128.load(z + k));
    for (; k < pixel; k += 4) store<f32>(to + k, load<f32>(z + k));
  }
}

/**
 * out[b, i, j, :] = z[b, i / n, j / n, (i mod n)·n + j mod n, :], cropped to h×w; n = block. A part is
 * a row of out.
 */
export function depthToSpace(
  z: usize,
  out: usize,
  hz: i32,
  wz: i32,
  block: i32,
  h: i32,
  w: i32,
  channels: i32,
  part: i32,
): void {
  const run: usize = <usize> (block * channels) << 2; // one row of a block lies in one piece
  const row = <usize> (w * channels) << 2, b = part / h, i = part % h;
  out += <usize> part * row;
  const end = out + row;
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
