/**
 * The steps of a convolutional network that TensorFlow.js does slowly or wrongly, chosen for its
 * current backend: a SIMD module on the memory of "wasm", compute shaders on "webgpu",
 * TensorFlow.js's own operations elsewhere. All agree, also on ties and at the borders.
 *
 * Tensors are float32, images NHWC. Results are ordinary tensors that `tf.tidy` tracks; nothing is
 * recorded for `tf.grad`.
 */
import * as tf from "../../deps/tfjs.ts";
import { cpuKernels } from "./_cpu.ts";
import { opKernels } from "./_ops.ts";
import { simdKernels, threadPool as threadsOf } from "./_wasm.ts";
import { webgpuKernels } from "./_webgpu.ts";
import type { Pool } from "../threads/pool.ts";
import type { Kernels } from "./kernels.ts";

export {
  arrange,
  type Arrangement,
  type ConvSpec,
  isSmall,
  panels,
  rotated,
  unchanged,
} from "./conv.ts";
export { partOf } from "./_groups.ts";
export type { Activation, KernelOptions, Kernels } from "./kernels.ts";
export { type AvgPoolSpec, type Padding, poolSize, type PoolSpec } from "./pool.ts";

/**
 * The kernels for TensorFlow.js's current backend.
 *
 * @example
 * ```ts
 * const y = kernels().addRelu(branch, shortcut);
 * const dx = kernels().reluGrad(dy, y);
 * ```
 */
export function kernels(): Kernels {
  switch (tf.getBackend()) {
    case "wasm":
      return simdKernels(tf.backend());
    case "webgpu":
      return webgpuKernels(tf.backend());
    case "cpu":
      return cpuKernels;
    default:
      return opKernels;
  }
}

/** The threads that share the kernels' work on "wasm"; undefined where its memory is not shared. */
export function threadPool(): Pool | undefined {
  const { wasm } = tf.engine().registry;
  return wasm && threadsOf(wasm);
}
