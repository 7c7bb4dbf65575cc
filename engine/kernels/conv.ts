/** The geometry of convolutions, and their kernels' numbers in other orders. */
import type { Values } from "../../core/values.ts";

/** Windows over an image: their size comes with the kernel. */
export interface ConvSpec {
  /**
   * [rows, columns, in, out] of the kernel; with groups, `in` are one group's; of a convolution of each
   * channel on its own, `out` are one channel's.
   */
  kernel: readonly [number, number, number, number];
  strides: readonly [number, number];
  dilations: readonly [number, number];
  /** How far above and left of the image the first window begins; inside the image if negative. */
  pad: { readonly top: number; readonly left: number };
  /** [rows, columns] of windows; they reach beyond the image as far as need be, and find zeros. */
  size: readonly [number, number];
  /** Groups of channels that are convolved apart, each with its share of the outputs. Default 1. */
  groups?: number;
  /**
   * Whether each number must be right by itself, also a small one beside large ones; else their errors
   * may be those of the largest nearby. Default false.
   */
  apart?: boolean;
  /** Whether to sum more exactly than in plain single precision. Default: {@link isSmall}. */
  exact?: boolean;
}

/** Which of a kernel's numbers another kernel is made of. */
export interface Arrangement {
  /** Of the kernel that is made: [rows, columns, in, groups · out]. */
  shape: readonly [number, number, number, number];
  /**
   * For each group of its output channels, and each of its rows · columns taps: which tap of the
   * source to take; −1: zeros.
   */
  taps: readonly (readonly number[])[];
  /** Whether input and output channels change places. */
  transposed: boolean;
}

/** The arrangement that leaves a kernel of `shape` as it is. */
export function unchanged(shape: readonly number[]): Arrangement {
  const [rows, columns, from, to] = shape;
  const taps = Array.from({ length: rows * columns }, (_, tap) => tap);
  return { shape: [rows, columns, from, to], taps: [taps], transposed: false };
}

/** The arrangement that turns a kernel of `shape` by 180° and exchanges its channels. */
export function rotated(shape: readonly number[]): Arrangement {
  const { taps: [taps], shape: [rows, columns, from, to] } = unchanged(shape);
  return { shape: [rows, columns, to, from], taps: [taps.toReversed()], transposed: true };
}

/** How many panels of `width` output channels a kernel has; the last one may not be full. */
export const panels = ({ shape }: Pick<Arrangement, "shape">, width: number): number =>
  Math.ceil(shape[3] / width);

/**
 * Writes a kernel's numbers in another arrangement, as panels [rows · columns · in, width]: with a
 * width of all output channels that is the usual order.
 *
 * @param source [rows, columns, in, out] as the arrangement has been made for
 * @param into of {@link panels} times one panel's numbers; what no output channel fills becomes 0
 */
export function arrange(
  source: Values,
  { shape, taps, transposed }: Arrangement,
  width: number,
  into: Float32Array,
): void {
  const [, , , last] = source.shape, tapSize = source.shape[2] * last;
  const [rows, columns, depth, all] = shape, group = all / taps.length;
  const [depthStep, channelStep] = transposed ? [1, last] : [last, 1];
  into.fill(0);
  for (let channel = 0; channel < all; channel++) {
    const own = taps[Math.floor(channel / group)];
    let to = Math.floor(channel / width) * rows * columns * depth * width + channel % width;
    for (const tap of own) {
      let from = tap * tapSize + (channel % group) * channelStep;
      if (tap < 0) to += depth * width;
      else {
        for (let d = 0; d < depth; d++, from += depthStep, to += width) into[to] = source[from];
      }
    }
  }
}

/** Multiply-adds of one image up to which nobody feels how fast a convolution is. */
export const SMALL = 4_000_000;

/**
 * Whether a convolution is small enough to be summed more exactly:
 * long optimizations on small networks then stay on the path that exact arithmetic takes, where a
 * ReLU near zero would else send them another way. The batch does not matter, so that an image's
 * numbers are the same alone and among others.
 */
export const isSmall = ({ kernel, size }: Pick<ConvSpec, "kernel" | "size">): boolean =>
  kernel.reduce((a, b) => a * b) * size[0] * size[1] <= SMALL;
