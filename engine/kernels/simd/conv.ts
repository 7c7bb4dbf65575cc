// deno-lint-ignore-file
// @ts-nocheck AssemblyScript, not TypeScript: `deno task kernels` compiles it.
/*
 * A convolution is a product: of the windows, one a row, with the kernel [rows · columns · in, out]. In
 * an NHWC image a window's row is one piece of memory, so no window need be copied; only images whose
 * windows reach beyond them are, band by band, into a frame of zeros. What is multiplied at a time is
 * cut to fit the caches: a band of windows, a block of their length, eight output channels.
 */
import { multiplyExact } from "./exact.ts";
import { copyFrame } from "./frame.ts";
import { multiply, pack } from "./product.ts";

/** Windows that `multiply` takes at a time, and output channels. */
const TILE: i32 = 6, PANEL: i32 = 8;
/** Numbers of a window in a block. */
const BLOCK: i32 = 256;

/**
 * One part of a convolution: some output channels of one band of windows. Parts are counted with the
 * channels' share first, then the group, then the band.
 *
 * @param bias its address, or 0
 * @param h, w, channels of an image
 * @param rows, bandRows of windows in all images, and in a band; a band of framed windows ends with
 * its image
 * @param out output channels of a group
 * @param shares how many parts a band's channels are cut into
 * @param framed whether windows reach beyond the image
 * @param exact whether to sum in doubles
 * @param scratch `scratchBytes` for each thread
 */
export function conv(
  x: usize,
  kernel: usize,
  bias: usize,
  y: usize,
  h: i32,
  w: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  dh: i32,
  dw: i32,
  oh: i32,
  ow: i32,
  out: i32,
  top: i32,
  left: i32,
  groups: i32,
  rows: i32,
  bandRows: i32,
  shares: i32,
  framed: bool,
  exact: bool,
  lowest: f32,
  highest: f32,
  scratch: usize,
  scratchBytes: usize,
  part: i32,
  thread: i32,
): void {
  const share = part % shares, group = (part / shares) % groups, band = part / shares / groups;
  const depth = channels / groups, pixel: usize = <usize> (groups * out) << 2;
  // which windows
  const bandsOfImage = framed ? (oh + bandRows - 1) / bandRows : 0;
  const i = framed ? band / bandsOfImage * oh + band % bandsOfImage * bandRows : band * bandRows;
  const count = (min(i + bandRows, framed ? (i / oh + 1) * oh : rows) - i) * ow;
  // which channels: whole panels
  const panels = (out + PANEL - 1) / PANEL, some = (panels + shares - 1) / shares;
  const first = share * some, last = min(panels, first + some);
  if (first >= last) return;

  const frameWidth = (ow - 1) * sw + (kw - 1) * dw + 1;
  const row: usize = <usize> (framed ? frameWidth * depth : w * channels) << 2;
  const zeros = scratch + <usize> thread * scratchBytes;
  const windows = zeros + (PANEL << 2), packed = windows + (<usize> (bandRows * ow + TILE) << 2);
  const numbers = kh * kw * depth;
  const most = exact ? numbers : min(numbers, BLOCK);
  const frame = packed + (<usize> ((bandRows * ow + TILE) * most) << 2);
  memory.fill(zeros, 0, PANEL << 2);
  if (framed) {
    const from = x + (<usize> (i / oh * h * w * channels + group * depth) << 2);
    const reach = (count / ow - 1) * sh + (kh - 1) * dh + 1;
    copyFrame(from, frame, h, w, channels, depth, i % oh * sh - top, -left, reach, frameWidth);
  }
  // where each window begins
  let address = windows, at: usize = 0;
  for (let r = i, end = i + count / ow; r < end; r++) {
    at = framed
      ? frame + <usize> ((r - i) * sh) * row
      : x + <usize> (r / oh * h + r % oh * sh - top) * row - (<usize> (left * channels) << 2);
    for (let j = 0; j < ow; j++, address += 4, at += <usize> (sw * depth) << 2) {
      store<u32>(address, at);
    }
  }
  at = load<u32>(address - 4);
  for (let t = 0; t < TILE; t++, address += 4) store<u32>(address, at);

  // blocks: a window's rows lie in one piece each, or else its pixels do
  const whole = dw === 1 || kw === 1;
  const outer = whole ? 1 : kh, runs = whole ? kh : kw, run = whole ? kw * depth : depth;
  const outerStep = <usize> dh * row, step = whole ? outerStep : <usize> (dw * depth) << 2;
  const together = max(1, min(runs, most / run)), pieces = (run + most - 1) / most;
  const piece = (run + pieces - 1) / pieces;
  const results = y + <usize> (i * ow) * pixel + (<usize> (group * out) << 2);
  const weights = kernel + (<usize> (group * panels * numbers * PANEL) << 2);
  const offset = bias ? bias + (<usize> (group * out) << 2) : 0;
  let before = 0;
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < runs; r += together) {
      for (let c = 0; c < run; c += piece) {
        const some = min(together, runs - r), length = min(piece, run - c), size = some * length;
        const begin = <usize> o * outerStep + <usize> r * step + (<usize> c << 2);
        pack(windows, count, begin, some, <usize> length << 2, step, packed);
        const ends = before + size === numbers;
        const low = ends ? lowest : -Infinity, high = ends ? highest : Infinity;
        for (let n = first; n < last; n++) {
          const to = results + (<usize> (n * PANEL) << 2);
          const from = before > 0 ? to : offset ? offset + (<usize> (n * PANEL) << 2) : zeros;
          const panel = weights + (<usize> ((n * numbers + before) * PANEL) << 2);
          const bytes = <usize> (size * PANEL) << 2, columns = min(PANEL, out - n * PANEL);
          const fromPixel = before > 0 ? pixel : 0;
          if (exact) {
            multiplyExact(
              packed,
              count,
              panel,
              bytes,
              from,
              fromPixel,
              to,
              pixel,
              columns,
              low,
              high,
            );
          } else {multiply(
              packed,
              count,
              panel,
              bytes,
              from,
              fromPixel,
              to,
              pixel,
              columns,
              low,
              high,
            );}
        }
        before += size;
      }
    }
  }
}
