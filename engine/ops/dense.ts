/** Fully connected layers. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf } from "../../core/values.ts";
import { timesKernel, timesTransposed } from "./_matrix.ts";
import type { Op } from "./op.ts";

/** Rows of features, of however many axes they are. */
const rows = (x: tf.Tensor) => tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D;

/** `[features] · kernel [features, out] + bias`; of a picture, for each pixel's channels. */
export const dense: Op = {
  traits: { nature: "weighted", head: true },
  needs: ["kernel"],
  shape([input], { params: { kernel } }) {
    if (input.at(-1) !== kernel[0]) {
      throw new Error(
        `the kernel takes [${kernel[0]}] features, the input has [${input.join(", ")}]`,
      );
    }
    return [...input.slice(0, -1), kernel[1]];
  },
  cost: (_inputs, output, { params: { kernel } }) => kernel[0] * sizeOf(output),
  fuses: ["relu", "relu6"],
  forward([x], { params }, activation) {
    const y = timesKernel(rows(x), params, activation);
    return tf.reshape(y, [...x.shape.slice(0, -1), y.shape[1]]);
  },
  backward(dy, { params, inputShapes: [input] }) {
    return [tf.reshape(timesTransposed(rows(dy), params), [...input])];
  },
};
