// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * Convolutions of 3×3 taps with fewer multiplications (Winograd's F(2×2, 3×3), as Lavin and Gray 2015,
 * "Fast Algorithms for Convolutional Neural Networks", write it): a tile of 2×2 outputs is seen through
 * 4×4 pixels, which are transformed (V = Bᵀ·d·B), multiplied with a transformed kernel (U = G·g·Gᵀ) place
 * by place, summed over the channels, and transformed back (Y = Aᵀ·M·A): 16 products instead of 36. Each
 * place is a product of matrices, which product.ts computes. Channels come in fours.
 */
import { copyFrame } from "./frame.ts";
import { multiply, pack } from "./product.ts";
import { limited } from "./vector.ts";

const TILE: i32 = 6, PANEL: i32 = 8, PLACES: i32 = 16;
/** Channels that are multiplied at a time. */
const BLOCK: i32 = 256;

/** Transforms a kernel in panels [9 · in, 8] to [16, in, 8] each; a part is a panel. */
export function winogradKernel(kernel: usize, to: usize, channels: i32, part: i32): void {
  const line: usize = <usize> (channels * PANEL) << 2, half = f32x4.splat(0.5);
  kernel += <usize> part * 9 * line, to += <usize> (part * PLACES) * line;
  for (let k: usize = 0; k < line; k += 16, kernel += 16, to += 16) {
    // G·g, then its product with Gᵀ
    for (let r = 0; r < 4; r++) {
      const a = rowOf(kernel, line, r, half);
      const b = rowOf(kernel + line, line, r, half);
      const c = rowOf(kernel + 2 * line, line, r, half);
      const at = to + <usize> (4 * r) * line, sum = f32x4.add(a, c);
      v128.store(at, a);
      v128.store(at + line, f32x4.mul(half, f32x4.add(sum, b)));
      v128.store(at + 2 * line, f32x4.mul(half, f32x4.sub(sum, b)));
      v128.store(at + 3 * line, c);
    }
  }
}

/** Row r of G times a column of the kernel, whose taps are three lines apart. */
function rowOf(column: usize, line: usize, r: i32, half: v128): v128 {
  const a = v128.load(column), c = v128.load(column + 6 * line);
  if (r === 0) return a;
  if (r === 3) return c;
  const sum = f32x4.add(a, c), b = v128.load(column + 3 * line);
  return f32x4.mul(half, r === 1 ? f32x4.add(sum, b) : f32x4.sub(sum, b));
}

/**
 * One part of a convolution: some output channels of one block of tiles. Parts are counted with the
 * channels' share first, then the block's column, then its row.
 *
 * @param blockH, blockW of a block, in tiles
 * @param shares how many parts a block's channels are cut into
 * @param scratch `scratchBytes` for each thread
 */
export function winograd(
  x: usize,
  kernel: usize,
  bias: usize,
  y: usize,
  h: i32,
  w: i32,
  channels: i32,
  oh: i32,
  ow: i32,
  out: i32,
  top: i32,
  left: i32,
  blockH: i32,
  blockW: i32,
  shares: i32,
  lowest: f32,
  highest: f32,
  scratch: usize,
  scratchBytes: usize,
  part: i32,
  thread: i32,
): void {
  const tilesH = (oh + 1) >> 1, tilesW = (ow + 1) >> 1;
  const blocksH = (tilesH + blockH - 1) / blockH, blocksW = (tilesW + blockW - 1) / blockW;
  const share = part % shares, block = part / shares;
  const i0 = block / blocksW % blocksH * blockH, j0 = block % blocksW * blockW;
  const image = block / blocksW / blocksH;
  const rows = min(blockH, tilesH - i0), columns = min(blockW, tilesW - j0), count = rows * columns;
  const panels = (out + PANEL - 1) / PANEL, some = (panels + shares - 1) / shares;
  const first = share * some, last = min(panels, first + some), few = (last - first) * PANEL;
  if (first >= last) return;

  const most = blockH * blockW + TILE, line: usize = <usize> channels << 2;
  const zeros = scratch + <usize> thread * scratchBytes, windows = zeros + (PANEL << 2);
  const packed = windows + (<usize> most << 2), seen = packed + <usize> most * line;
  const place = <usize> (blockH * blockW) * line; // bytes of one of the sixteen in V
  const v = seen, m = v + <usize> PLACES * place;
  const frame = m; // M comes after it is used
  memory.fill(zeros, 0, PANEL << 2);

  // V
  const width = 2 * columns + 2, row = <usize> width * line;
  const from = x + <usize> (image * h * w) * line;
  copyFrame(
    from,
    frame,
    h,
    w,
    channels,
    channels,
    2 * i0 - top,
    2 * j0 - left,
    2 * rows + 2,
    width,
  );
  let to = v, address = windows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, to += line, address += 4) {
      store<u32>(address, to);
      transform(frame + <usize> (2 * i) * row + <usize> (2 * j) * line, row, line, to, place);
    }
  }
  for (let t = 0; t < TILE; t++, address += 4) store<u32>(address, to - line);

  // M, in rows of `few` channels
  const pixel: usize = <usize> few << 2, results = <usize> (blockH * blockW) * pixel;
  const piece: usize = <usize> min(channels, BLOCK) << 2;
  for (let p = 0; p < PLACES; p++) {
    for (let c: usize = 0; c < line; c += piece) {
      const run = min(piece, line - c);
      pack(windows, count, <usize> p * place + c, 1, run, run, packed);
      for (let n = first; n < last; n++) {
        const panel = kernel + <usize> ((n * PLACES + p) * PANEL) * line + c * PANEL;
        const into = m + <usize> p * results + (<usize> ((n - first) * PANEL) << 2);
        multiply(
          packed,
          count,
          panel,
          PANEL * run,
          c > 0 ? into : zeros,
          c > 0 ? pixel : 0,
          into,
          pixel,
          PANEL,
          -Infinity,
          Infinity,
        );
      }
    }
  }

  // Y
  const low = f32x4.splat(lowest), high = f32x4.splat(highest), zero = f32x4.splat(0);
  const outPixel: usize = <usize> out << 2, c0: usize = <usize> (first * PANEL) << 2;
  const end: usize = min(c0 + pixel, outPixel) - c0;
  let at = m;
  for (let i = i0; i < i0 + rows; i++) {
    for (let j = j0; j < j0 + columns; j++, at += pixel) {
      const corner = y + <usize> ((image * oh + 2 * i) * ow + 2 * j) * outPixel + c0;
      const right = 2 * j + 1 < ow, below = 2 * i + 1 < oh;
      for (let k: usize = 0; k < end; k += 16) {
        const offset = bias ? v128.load(bias + c0 + k) : zero;
        const p = at + k, q = corner + k;
        // Aᵀ·M, column by column
        const a0 = column(p, results, true), a1 = column(p + results, results, true);
        const a2 = column(p + 2 * results, results, true);
        const sum = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, offset));
        v128.store(q, limited(sum, low, high));
        if (right) {
          const a3 = column(p + 3 * results, results, true);
          const sum = f32x4.add(f32x4.sub(f32x4.sub(a1, a2), a3), offset);
          v128.store(q + outPixel, limited(sum, low, high));
        }
        if (!below) continue;
        const under = q + <usize> ow * outPixel;
        const b0 = column(p, results, false), b1 = column(p + results, results, false);
        const b2 = column(p + 2 * results, results, false);
        const low_ = f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, offset));
        v128.store(under, limited(low_, low, high));
        if (right) {
          const b3 = column(p + 3 * results, results, false);
          const sum = f32x4.add(f32x4.sub(f32x4.sub(b1, b2), b3), offset);
          v128.store(under + outPixel, limited(sum, low, high));
        }
      }
    }
  }
}

/** A row of Aᵀ, [1, 1, 1, 0] or [0, 1, −1, −1], times a column of M, whose places are four apart. */
function column(p: usize, results: usize, upper: bool): v128 {
  const b = v128.load(p + 4 * results), c = v128.load(p + 8 * results);
  return upper
    ? f32x4.add(v128.load(p), f32x4.add(b, c))
    : f32x4.sub(f32x4.sub(b, c), v128.load(p + 12 * results));
}

/** Bᵀ·d·B for all channels of 4×4 pixels, to sixteen places `place` bytes apart. */
function transform(d: usize, row: usize, pixel: usize, to: usize, place: usize): void {
  const end = d + pixel;
  for (; d < end; d += 16, to += 16) {
    for (let r = 0; r < 4; r++) {
      // row r of Bᵀ takes the difference or the sum of two rows of d
      const one = d + (r === 0 ? 0 : row), other = d + (r === 3 ? 3 * row : 2 * row);
      const t0 = mixed(one, other, r), t1 = mixed(one + pixel, other + pixel, r);
      const t2 = mixed(one + 2 * pixel, other + 2 * pixel, r);
      const t3 = mixed(one + 3 * pixel, other + 3 * pixel, r);
      const at = to + <usize> (4 * r) * place;
      v128.store(at, f32x4.sub(t0, t2));
      v128.store(at + place, f32x4.add(t1, t2));
      v128.store(at + 2 * place, f32x4.sub(t2, t1));
      v128.store(at + 3 * place, f32x4.sub(t1, t3));
    }
  }
}

/** one − other, one + other, other − one or one − other, for r from 0 to 3. */
function mixed(one: usize, other: usize, r: i32): v128 {
  const a = v128.load(one), b = v128.load(other);
  if (r === 1) return f32x4.add(a, b);
  return r === 2 ? f32x4.sub(b, a) : f32x4.sub(a, b);
}
