/**
 * The phases of a strided convolution's gradient. Along one axis, input pixel `s·a + q` (phase q)
 * takes the gradient of output `a + offset` through tap `q + pad − s·offset`: each phase is a
 * stride-1 convolution of the output's gradient with a part of the kernel.
 */
import type { Arrangement } from "../kernels/mod.ts";

/** The offsets that any phase of an axis needs: `count` from `first` on. */
export function offsets(kernel: number, stride: number, pad: number) {
  const first = Math.ceil((pad - kernel + 1) / stride);
  return { first, count: Math.floor((stride - 1 + pad) / stride) - first + 1 };
}

/** The tap of an axis's phase at the `i`-th offset, or −1. */
function tapOf(kernel: number, stride: number, pad: number, phase: number, i: number): number {
  const tap = phase + pad - stride * (offsets(kernel, stride, pad).first + i);
  return tap >= 0 && tap < kernel ? tap : -1;
}

/** One phase of both axes: a stride-1 convolution of the output's gradient. */
export interface Phase {
  /** `[rows, columns, out, in]` of its kernel; undefined where no tap reaches it. */
  readonly arrangement?: Arrangement;
  /** Where the first window begins. */
  readonly pad: { readonly top: number; readonly left: number };
  /** How many of the input's pixels are its, `[rows, columns]`. */
  readonly size: readonly [number, number];
}

/** The taps of one phase of an axis, and the offset of the first one. */
function tapsOf(kernel: number, stride: number, pad: number, phase: number) {
  const { first, count } = offsets(kernel, stride, pad);
  const all = Array.from({ length: count }, (_, i) => tapOf(kernel, stride, pad, phase, i));
  return { first: first + all.findIndex((tap) => tap >= 0), taps: all.filter((tap) => tap >= 0) };
}

/** All s² phases of an input of `size` `[rows, columns]`, row by row, each with the taps that it has. */
export function phasesApart(
  [kh, kw, cin, cout]: readonly number[],
  stride: number,
  { top, left }: { readonly top: number; readonly left: number },
  size: readonly [number, number],
): readonly Phase[] {
  return Array.from({ length: stride * stride }, (_, phase): Phase => {
    const down = Math.floor(phase / stride), along = phase % stride;
    const rows = tapsOf(kh, stride, top, down), columns = tapsOf(kw, stride, left, along);
    const taps = rows.taps.flatMap((row) => columns.taps.map((column) => row * kw + column));
    return {
      arrangement: taps.length === 0 ? undefined : {
        shape: [rows.taps.length, columns.taps.length, cout, cin],
        taps: [taps],
        transposed: true,
      },
      pad: { top: -rows.first, left: -columns.first },
      size: [Math.ceil((size[0] - down) / stride), Math.ceil((size[1] - along) / stride)],
    };
  });
}

/** The kernel whose stride-1 convolution gives all s² phases: `[rows, columns, out, s·s·in]`. */
export function phased(
  [kh, kw, cin, cout]: readonly number[],
  stride: number,
  top: number,
  left: number,
): Arrangement {
  const rows = offsets(kh, stride, top).count, columns = offsets(kw, stride, left).count;
  const taps = Array.from(
    { length: stride * stride },
    (_, phase) =>
      Array.from({ length: rows * columns }, (_, i) => {
        const row = tapOf(kh, stride, top, Math.floor(phase / stride), Math.floor(i / columns));
        const column = tapOf(kw, stride, left, phase % stride, i % columns);
        return row < 0 || column < 0 ? -1 : row * kw + column;
      }),
  );
  return { shape: [rows, columns, cout, stride * stride * cin], taps, transposed: true };
}
