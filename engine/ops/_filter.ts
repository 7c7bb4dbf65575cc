/**
 * Images convolved by a layer's kernel, as it is or arranged for the way back. What fits no single
 * tensor of the backend lies there in panels of output channels: the results stand beside each other.
 */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import { largestTensor } from "../gpu/largest.ts";
import {
  type Activation,
  arrange,
  type Arrangement,
  type ConvSpec,
  isSmall,
  kernels,
  panels,
  unchanged,
} from "../kernels/mod.ts";
import type { Parameters } from "./op.ts";

/** A kernel made of a layer's. */
export interface Filter {
  readonly params: Pick<Parameters, "values" | "shape" | "derived">;
  /** What it is kept under. */
  readonly key: string;
  /** Default: as it is. */
  readonly arrangement?: Arrangement;
}

/** Convolves x [B, H, W, in]; `spec` has the shape of the kernel that is made. */
export function convolve(
  x: tf.Tensor4D,
  filter: Filter,
  spec: ConvSpec,
  bias?: tf.Tensor,
  activation?: Activation,
): tf.Tensor4D {
  const { params, key, arrangement } = filter, all = spec.kernel[3];
  const fit = Math.max(1, Math.floor(largestTensor() / (4 * sizeOf(spec.kernel.slice(0, 3)))));
  if (all > fit) return byPanel(x, filter, fit, spec, bias, activation);
  const make = () => kernels().convKernel(params.values("kernel"), arrangement);
  return kernels().conv2d(x, params.derived(key, make), spec, bias, activation);
}

function byPanel(
  x: tf.Tensor4D,
  { params, key, arrangement = unchanged(params.shape("kernel")) }: Filter,
  fit: number,
  spec: ConvSpec,
  bias?: tf.Tensor,
  activation?: Activation,
): tf.Tensor4D {
  const [rows, columns, depth, all] = spec.kernel;
  const count = panels(arrangement, fit), width = Math.ceil(all / count);
  const kernel = [rows, columns, depth, width] as const, size = sizeOf(kernel);
  const panel = (i: number) => {
    const numbers = new Float32Array(count * size);
    arrange(params.values("kernel"), arrangement, width, numbers);
    return kernels().convKernel(values(numbers.slice(i * size, (i + 1) * size), kernel));
  };
  const own = { ...spec, kernel, exact: spec.exact ?? isSmall(spec) };
  const filled = bias && tf.pad(bias, [[0, count * width - all]]);
  const parts = Array.from({ length: count }, (_, i) => {
    const filter = params.derived(`${key}, panel ${i}`, () => panel(i));
    const offset = filled && tf.slice(filled, [i * width], [width]);
    return kernels().conv2d(x, filter, own, offset, activation);
  });
  const y = tf.concat(parts, 3);
  return tf.slice(y, [0, 0, 0, 0], [y.shape[0], y.shape[1], y.shape[2], all]);
}
