/**
 * Convolutions on the memory of TensorFlow.js's WebAssembly backend. Its own (XNNPACK's) keeps three
 * copies of each kernel and a table of pointers for each use; this one (simd/conv.ts) keeps one copy
 * and nothing.
 */
import type * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, isSmall } from "./conv.ts";
import type { Machine } from "./_machine.ts";

/** Windows that simd/conv.ts multiplies at a time, and numbers of a window in a block. */
const TILE = 6, BLOCK = 256;
/** Output channels that it multiplies them with: the width of the kernel's panels. */
export const PANEL = 8;
/** Windows of a band: with a block of each, about half of a second-level cache. */
const BAND = 504;
/** ... and at least, where threads share them: fewer would read the kernel too often. */
const LEAST_BAND = 96;
/** Parts for each thread, so that none waits long for the last one. */
export const PARTS = 4;
/** Panels that at least share a packed band: packing it takes about as long as multiplying by one. */
const LEAST_PANELS = 8;

/** The least and the greatest result of an activation. */
export const LIMITS = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
} as const;

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
  const { kernel: [kh, kw, depth, out], groups = 1 } = spec;
  const { strides: [sh, sw], dilations: [dh, dw], size: [oh, ow], pad: { top, left } } = spec;
  const reach = (count: number) => (count - 1) * sh + (kh - 1) * dh + 1;
  const frameWidth = (ow - 1) * sw + (kw - 1) * dw + 1;
  const beyond = Math.max(top, left, reach(oh) - top - h, frameWidth - left - w) > 0;
  const framed = beyond || groups > 1; // a frame has the channels of one group
  const exact = spec.exact ?? isSmall(spec);
  const numbers = kh * kw * depth, work = batch * oh * ow * numbers * out;
  const threads = machine.threadsFor(exact ? 3 * work : work);

  // bands are of one length, and as many as threads want
  const rows = framed ? oh : batch * oh, images = framed ? batch * groups : 1;
  const least = threads === 1 ? 1 : Math.ceil(PARTS * threads / images);
  const most = Math.ceil(rows * ow / LEAST_BAND);
  const bands = Math.max(
    Math.ceil(rows / Math.min(rows, Math.max(1, Math.round(BAND / ow)))),
    Math.min(least, most, rows),
  );
  const bandRows = Math.ceil(rows / bands);
  const pieces = Math.ceil(rows / bandRows) * images;
  const panels = Math.ceil(out / groups / PANEL);
  const shares = threads === 1
    ? 1
    : Math.max(1, Math.min(Math.ceil(PARTS * threads / pieces), Math.floor(panels / LEAST_PANELS)));

  const y = machine.output<tf.Tensor4D>([batch, oh, ow, out]);
  // [zeros where there is no bias, addresses of windows, a block of them, frame]
  const addresses = bandRows * ow + TILE;
  const block = addresses * (exact ? numbers : Math.min(numbers, BLOCK));
  const frame = framed ? reach(bandRows) * frameWidth * depth : 0;
  const each = 4 * (Math.ceil((PANEL + addresses + block + frame) / 16) * 16);
  const scratch = machine.output([threads * each / 4]);
  machine.run(
    "conv",
    [
      ...[machine.at(x), machine.at(kernel), bias ? machine.at(bias) : 0, machine.at(y)],
      ...[h, w, channels, kh, kw, sh, sw, dh, dw, oh, ow, out / groups, top, left, groups],
      ...[batch * oh, bandRows, shares, Number(framed), Number(exact), ...limits],
      ...[machine.at(scratch), each],
    ],
    pieces * shares,
    work,
    threads,
  );
  scratch.dispose();
  return y;
}
