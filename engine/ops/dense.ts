/** Fully connected layers. */
import * as tf from "@tensorflow/tfjs";
import { sizeOf } from "../../core/values.ts";
import type { Op } from "./op.ts";

/**
 * `dy · kernelᵀ`, computed as `(kernel · dyᵀ)ᵀ`: wasm has no fast product with a transposed matrix,
 * and a second, transposed copy of a large kernel would cost its memory again.
 */
export const timesTransposed = (dy: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D =>
  tf.transpose(tf.matMul(kernel, tf.transpose(dy)));

/** `[features] · kernel [features, out] + bias`. */
export const dense: Op = {
  shape([input], { params: { kernel } }) {
    if (input.length !== 1 || input[0] !== kernel[0]) {
      throw new Error(
        `the kernel takes [${kernel[0]}] features, the input has [${input.join(", ")}]`,
      );
    }
    return [kernel[1]];
  },
  cost: (_inputs, _output, { params: { kernel } }) => sizeOf(kernel),
  fuses: ["relu", "relu6"],
  forward: ([x], { params }, activation) =>
    tf.fused.matMul({
      a: x as tf.Tensor2D,
      b: params.tensor("kernel") as tf.Tensor2D,
      bias: params.has("bias") ? params.tensor("bias") : undefined,
      activation: activation ?? "linear",
    }),
  backward: (dy, { params }) => [
    timesTransposed(dy as tf.Tensor2D, params.tensor("kernel") as tf.Tensor2D),
  ],
};
