/** Fully connected layers. */
import type * as tf from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/values.ts";
import { kernels } from "../kernels/mod.ts";
import type { Op } from "./op.ts";

/** `[features] · kernel [features, out] + bias`. */
export const dense: Op = {
  traits: { nature: "weighted", head: true },
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
    kernels().dense(
      x as tf.Tensor2D,
      params.tensor("kernel") as tf.Tensor2D,
      params.has("bias") ? params.tensor("bias") : undefined,
      activation,
    ),
  backward: (dy, { params }) => [
    kernels().denseGrad(dy as tf.Tensor2D, params.tensor("kernel") as tf.Tensor2D),
  ],
};
