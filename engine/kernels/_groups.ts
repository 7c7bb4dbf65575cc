/** A convolution in groups as one convolution for each group of channels. */
import * as tf from "../../deps/tfjs.ts";
import { type Values, values } from "../../core/values.ts";
import { isSmall } from "./conv.ts";
import type { KernelOptions, Kernels } from "./kernels.ts";

/** The part of a kernel [rows, columns, in, out] for one of `groups` groups of its output channels. */
export function partOf(source: Values, group: number, groups: number): Values {
  const all = source.shape.at(-1)!, own = all / groups, first = group * own;
  const numbers = new Float32Array(source.length / groups);
  for (let i = 0; i < numbers.length; i++) {
    const row = Math.floor(i / own);
    numbers[i] = source[row * all + first + i - row * own];
  }
  return values(numbers, [...source.shape.slice(0, -1), own]);
}

/** The kernel of every group, one behind the other [groups, …]. */
export function stacked(
  convKernel: Kernels["convKernel"],
  source: Values,
  { arrangement, groups = 1 }: KernelOptions,
): tf.Tensor {
  const parts = Array.from({ length: groups }, (_, g) => partOf(source, g, groups));
  return tf.tidy(() => tf.stack(parts.map((part) => convKernel(part, { arrangement }))));
}

/** `conv2d` with groups, by one without; its kernel is {@link stacked}. */
export function grouped(conv2d: Kernels["conv2d"]): Kernels["conv2d"] {
  return (x, kernel, spec, bias, activation) => {
    const { groups = 1, kernel: [kh, kw, depth, out] } = spec;
    if (groups === 1) return conv2d(x, kernel, spec, bias, activation);
    return tf.tidy(() => {
      const kernels = tf.unstack(kernel), parts = tf.split(x, groups, 3) as tf.Tensor4D[];
      const biases = bias && tf.split(bias, groups);
      const own = { kernel: [kh, kw, depth, out / groups] as const, groups: 1 };
      const one = { ...spec, ...own, exact: spec.exact ?? isSmall(spec) };
      return tf.concat(
        parts.map((part, g) => conv2d(part, kernels[g], one, biases?.[g], activation)),
        3,
      );
    });
  };
}
