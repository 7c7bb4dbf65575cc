/**
 * Convolutions on the memory of TensorFlow.js's WebAssembly backend. Its own (XNNPACK's) keeps three
 * copies of each kernel and a table of pointers for each use; this one keeps one copy and nothing.
 *
 * A convolution is a product: of the windows, one a row, with the kernel [rows · columns · in, out].
 * In an NHWC image a window's row is one piece of memory, so no window need be copied; only images
 * whose windows reach beyond them are, band by band, into a frame of zeros. What is multiplied at a
 * time is cut to fit the caches: a band of windows, a block of their length, eight output channels.
 */
import type * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, isSmall } from "./conv.ts";

/** Windows that simd_conv.ts multiplies at a time. */
const TILE = 6;
/** Output channels that it multiplies them with: the width of the kernel's panels. */
export const PANEL = 8;
/** Windows of a band, and numbers of a window in a block: together about half of a second-level cache. */
const BAND = 504, BLOCK = 256;
/** A block that is as long as the window: more numbers than any has. */
const WHOLE = 2 ** 30;

/** The memory, and simd_conv.ts's functions on it. */
export interface Machine {
  at(tensor: tf.Tensor): number;
  /** Bytes that `at` gives the address of. The views of the memory below are made after. */
  output<T extends tf.Tensor>(shape: number[]): T;
  memory: WebAssembly.Memory;
  pack(...addressesAndSizes: number[]): void;
  multiply(...addressesAndSizes: number[]): void;
  multiplyExact(...addressesAndSizes: number[]): void;
}

/** A part of every window: `runs` pieces of `run` numbers, `step` apart, from `offset` on. */
interface Block {
  offset: number;
  runs: number;
  run: number;
  step: number;
  /** Numbers of the window before it. */
  before: number;
}

/** Cuts windows of an image (or frame) with rows of `row` numbers into blocks of `most` numbers. */
function blocksOf(
  { kernel: [kh, kw, channels], dilations: [dh, dw] }: ConvSpec,
  row: number,
  most: number,
) {
  const whole = dw === 1 || kw === 1; // a window's row lies in one piece
  const [outer, outerStep] = whole ? [1, 0] : [kh, dh * row];
  const [runs, run, step] = whole ? [kh, kw * channels, dh * row] : [kw, channels, dw * channels];
  const together = Math.max(1, Math.min(runs, Math.floor(most / run)));
  const piece = Math.ceil(run / Math.ceil(run / most));
  const blocks: Block[] = [];
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < runs; r += together) {
      for (let c = 0; c < run; c += piece) {
        blocks.push({
          offset: o * outerStep + r * step + c,
          runs: Math.min(together, runs - r),
          run: Math.min(piece, run - c),
          step,
          before: (o * runs + r) * run + c,
        });
      }
    }
  }
  return blocks;
}

/**
 * Convolves.
 *
 * @param kernel its numbers in panels of {@link PANEL}
 * @param limits the least and the greatest result
 */
export function convolve(
  machine: Machine,
  x: tf.Tensor4D,
  kernel: tf.Tensor,
  spec: ConvSpec,
  bias: tf.Tensor | undefined,
  limits: readonly [number, number],
): tf.Tensor4D {
  const [batch, h, w, channels] = x.shape;
  const { kernel: [kh, kw, , out], strides: [sh, sw], dilations: [dh, dw], size: [oh, ow] } = spec;
  const { top, left } = spec.pad;
  const reach = (count: number) => (count - 1) * sh + (kh - 1) * dh + 1;
  const frameWidth = (ow - 1) * sw + (kw - 1) * dw + 1;
  const framed = Math.max(top, left, reach(oh) - top - h, frameWidth - left - w) > 0;
  const bandRows = Math.min(Math.max(1, Math.round(BAND / ow)), framed ? oh : batch * oh);
  const row = (framed ? frameWidth : w) * channels;
  const exact = spec.exact ?? isSmall(spec);
  const multiply = exact ? machine.multiplyExact : machine.multiply;
  const blocks = blocksOf(spec, row, exact ? WHOLE : BLOCK);

  const y = machine.output<tf.Tensor4D>([batch, oh, ow, out]);
  const addresses = bandRows * ow + TILE;
  const block = addresses * Math.max(...blocks.map(({ runs, run }) => runs * run));
  // [zeros where there is no bias, addresses of windows, a block of them, frame]
  const scratch = machine.output([
    PANEL + addresses + block + (framed ? reach(bandRows) * row : 0),
  ]);
  const zeros = machine.at(scratch), windows = zeros + 4 * PANEL;
  const packed = windows + 4 * addresses, frame = packed + 4 * block;
  const numbers = new Float32Array(machine.memory.buffer);
  const pointers = new Uint32Array(machine.memory.buffer, windows, addresses);
  numbers.fill(0, zeros / 4, windows / 4);
  const image = machine.at(x), weights = machine.at(kernel), results = machine.at(y);
  const first = bias ? machine.at(bias) : zeros;
  const panel = kh * kw * channels * PANEL;

  /** Copies what windows of `rows` rows from row `i` on see of an image, zeros around it. */
  const copyBand = (b: number, i: number, rows: number) => {
    const start = i * sh - top, to = frame / 4;
    numbers.fill(0, to, to + reach(rows) * row);
    const c0 = Math.max(0, -left), c1 = Math.min(w, frameWidth - left);
    const r0 = Math.max(0, start), r1 = Math.min(h, start + reach(rows));
    for (let r = r0; r < r1 && c0 < c1; r++) {
      const from = image / 4 + (b * h + r) * w * channels;
      numbers.copyWithin(
        to + (r - start) * row + (c0 + left) * channels,
        from + c0 * channels,
        from + c1 * channels,
      );
    }
  };

  // Rows are counted on from image to image: only a frame ends with its image.
  for (let i = 0; i < batch * oh;) {
    const rows = Math.min(bandRows, framed ? oh - i % oh : batch * oh - i);
    if (framed) copyBand(Math.floor(i / oh), i % oh, rows);
    let count = 0;
    for (let r = i; r < i + rows; r++) {
      const b = Math.floor(r / oh);
      const start = framed
        ? frame + 4 * (r - i) * sh * row
        : image + 4 * ((b * h + (r % oh) * sh - top) * row - left * channels);
      for (let j = 0; j < ow; j++) pointers[count++] = start + 4 * j * sw * channels;
    }
    pointers.fill(pointers[count - 1], count, count + TILE);
    const band = results + 4 * i * ow * out;
    blocks.forEach(({ offset, runs, run, step, before }, index) => {
      const [low, high] = index === blocks.length - 1 ? limits : [-Infinity, Infinity];
      machine.pack(windows, count, 4 * offset, runs, 4 * run, 4 * step, packed);
      for (let n = 0; n < out; n += PANEL) {
        const to = band + 4 * n;
        const from = index > 0 ? to : bias ? first + 4 * n : first;
        multiply(
          packed,
          count,
          weights + 4 * ((n / PANEL) * panel + before * PANEL),
          4 * PANEL * runs * run,
          from,
          index > 0 ? 4 * out : 0,
          to,
          4 * out,
          Math.min(PANEL, out - n),
          low,
          high,
        );
      }
    });
    i += rows;
  }
  scratch.dispose();
  return y;
}
