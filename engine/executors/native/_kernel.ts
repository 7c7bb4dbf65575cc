/** Convolution kernels in ONNX's order, `[out, in / groups, rows, columns]`. */
import { unchanged } from "../../kernels/conv.ts";

/** A kernel as the engine has it: `[rows, columns, in / groups, out]`. */
export interface Kernel {
  readonly data: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly groups: number;
}

/** A kernel in ONNX's order. */
export interface Weights {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** The kernel as it is. */
export function forwardWeights({ data, shape }: Kernel): Weights {
  const [rows, columns, depth, all] = shape, taps = rows * columns;
  const into = new Float32Array(data.length);
  let from = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < depth; i++) {
      for (let o = 0, at = i * taps + tap; o < all; o++, at += depth * taps) {
        into[at] = data[from++];
      }
    }
  }
  return { data: into, dims: [all, depth, rows, columns] };
}

/**
 * A kernel for the way back: of each phase, for each of its taps one of the kernel's (−1: zeros);
 * input and output channels change places in each group.
 *
 * @returns `[phases · in, out / groups, rows, columns]`
 */
function backwardWeights(
  { data, shape: [, , depth, all], groups }: Kernel,
  phases: readonly (readonly number[])[],
  [rows, columns]: readonly [number, number],
): Weights {
  const own = all / groups, channels = depth * groups, taps = rows * columns;
  const into = new Float32Array(phases.length * channels * own * taps);
  phases.forEach((phase, p) =>
    phase.forEach((tap, t) => {
      if (tap < 0) return;
      for (let c = 0; c < channels; c++) {
        const group = Math.floor(c / depth);
        let from = (tap * depth + c % depth) * all + group * own;
        let at = (p * channels + c) * own * taps + t;
        for (let o = 0; o < own; o++, at += taps) into[at] = data[from++];
      }
    })
  );
  return { data: into, dims: [phases.length * channels, own, rows, columns] };
}

/** The kernel turned by 180°. */
export function turnedWeights(kernel: Kernel): Weights {
  const { taps: [taps] } = unchanged(kernel.shape);
  return backwardWeights(kernel, [taps.toReversed()], [kernel.shape[0], kernel.shape[1]]);
}

/** The kernels of a strided convolution's phases, of `taps` for each, beside each other. */
export const phasedWeights = (
  kernel: Kernel,
  { shape: [rows, columns], taps }: {
    readonly shape: readonly number[];
    readonly taps: readonly (readonly number[])[];
  },
): Weights => backwardWeights(kernel, taps, [rows, columns]);
