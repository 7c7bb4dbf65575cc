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
  partOf,
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
  const { params, key, arrangement } = filter, { groups = 1, kernel: [, , , all] } = spec;
  const fit = Math.max(1, Math.floor(largestTensor() / (4 * sizeOf(spec.kernel.slice(0, 3)))));
  if (groups > 1 && 4 * sizeOf(spec.kernel) > largestTensor()) {
    return byGroup(x, filter, groups, spec, bias, activation);
  }
  if (groups === 1 && all > fit) return byPanel(x, filter, fit, spec, bias, activation);
  const way = kernels().convWay(spec), options = { arrangement, groups, way };
  const kernel = params.derived(
    way === "direct" ? key : `${key}, ${way}`,
    () => kernels().convKernel(params.values("kernel"), options),
  );
  return kernels().conv2d(x, kernel, spec, bias, activation);
}

function byGroup(
  x: tf.Tensor4D,
  { params, key, arrangement }: Filter,
  groups: number,
  spec: ConvSpec,
  bias?: tf.Tensor,
  activation?: Activation,
): tf.Tensor4D {
  const [rows, columns, depth, all] = spec.kernel, each = all / groups;
  const own: ConvSpec = {
    ...spec,
    groups: 1,
    kernel: [rows, columns, depth, each],
    exact: spec.exact ?? isSmall(spec),
  };
  const parts = Array.from({ length: groups }, (_, g) => {
    const part = () => partOf(params.values("kernel"), g, groups);
    const filter: Filter = {
      params: { values: part, shape: () => part().shape, derived: params.derived },
      key: `${key}, group ${g}`,
      arrangement,
    };
    const [batch, h, w] = x.shape;
    const seen = tf.slice(x, [0, 0, 0, g * depth], [batch, h, w, depth]);
    return convolve(seen, filter, own, bias && tf.slice(bias, [g * each], [each]), activation);
  });
  return tf.concat(parts, 3);
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
