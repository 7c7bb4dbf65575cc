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
