/** Large convolutions of 3×3 taps on the memory of TensorFlow.js's WebAssembly backend, by simd/winograd.ts. */
import type * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, isSmall } from "./conv.ts";
import { PANEL, PARTS } from "./_conv.ts";
import type { Machine } from "./_machine.ts";

/** Tiles that simd/winograd.ts multiplies at a time, and places of a transformed tile. */
const TILE = 6, PLACES = 16;
/** Transformed numbers that a thread works on: about what its second-level cache holds. */
const HELD = 2 ** 18;
/** Tiles of a block, whatever its channels: fewer would wait for the kernel, more gain nothing. */
const LEAST_TILES = 72, MOST_TILES = 192;
/** Panels that at least share a transformed block. */
const LEAST_PANELS = 8;
/** Channels and pixels below which transforming costs as much as it saves. */
const LEAST_CHANNELS = 32, LEAST_PIXELS = 10;

/** Whether a convolution is computed so: its tiles are worth transforming, and it need not be exact. */
export function suitsWinograd(spec: ConvSpec): boolean {
  const { kernel: [kh, kw, depth, out], groups = 1, strides, dilations, size, apart } = spec;
  return !apart && kh === 3 && kw === 3 && groups === 1 &&
    Math.max(...strides, ...dilations) === 1 &&
    depth % 4 === 0 && out % 4 === 0 && Math.min(depth, out) >= LEAST_CHANNELS &&
    Math.min(...size) >= LEAST_PIXELS && !(spec.exact ?? isSmall(spec));
}

/** The kernel for it, of one in panels [panels, 9 · in, 8]. */
export function winogradKernel(m: Machine, panels: tf.Tensor): tf.Tensor {
  const [count, numbers] = panels.shape, depth = numbers! / 9;
  const kernel = m.output([count, PLACES * depth, PANEL]);
  m.run("winogradKernel", [m.at(panels), m.at(kernel), depth], count, kernel.size);
  return kernel;
}

/** Whether a kernel is as {@link winogradKernel} gives it, not in plain panels. */
export const isTransformed = (kernel: tf.Tensor, { kernel: [kh, kw, depth] }: ConvSpec): boolean =>
  kh * kw === 9 && kernel.shape[1] === PLACES * depth;

/** Convolves; `kernel` as {@link winogradKernel} gives it, `limits` are the least and the greatest result. */
export function convolveByTiles(
  m: Machine,
  x: tf.Tensor4D,
  kernel: tf.Tensor,
  { kernel: [, , , out], size: [oh, ow], pad: { top, left } }: ConvSpec,
  bias: tf.Tensor | undefined,
  limits: readonly [number, number],
): tf.Tensor4D {
  const [batch, h, w, depth] = x.shape;
  const tilesH = Math.ceil(oh / 2), tilesW = Math.ceil(ow / 2);
  const work = batch * tilesH * tilesW * PLACES * depth * out, threads = m.threadsFor(work);

  const held = Math.floor(HELD / PLACES / (depth + out));
  const most = Math.min(MOST_TILES, Math.max(LEAST_TILES, held));
  const blockW = Math.ceil(tilesW / Math.ceil(tilesW / most));
  const blockH = Math.ceil(tilesH / Math.ceil(tilesH / Math.max(1, Math.floor(most / blockW))));
  const blocks = batch * Math.ceil(tilesH / blockH) * Math.ceil(tilesW / blockW);
  const panels = Math.ceil(out / PANEL);
  const shares = threads === 1
    ? 1
    : Math.max(1, Math.min(Math.ceil(PARTS * threads / blocks), Math.floor(panels / LEAST_PANELS)));

  const y = m.output<tf.Tensor4D>([batch, oh, ow, out]);
  // [zeros, addresses of tiles, one place of them, V, M (before it a frame)]
  const tiles = blockH * blockW, some = Math.ceil(panels / shares) * PANEL;
  const frame = (2 * blockH + 2) * (2 * blockW + 2) * depth;
  const each = PANEL + tiles + TILE + (tiles + TILE) * depth + PLACES * tiles * depth +
    Math.max(PLACES * tiles * some, frame);
  const bytes = 4 * Math.ceil(each / 16) * 16;
  const scratch = m.output([threads * bytes / 4]);
  m.run(
    "winograd",
    [
      ...[m.at(x), m.at(kernel), bias ? m.at(bias) : 0, m.at(y)],
      ...[h, w, depth, oh, ow, out, top, left, blockH, blockW, shares, ...limits],
      ...[m.at(scratch), bytes],
    ],
    blocks * shares,
    work,
    threads,
  );
  scratch.dispose();
  return y;
}
