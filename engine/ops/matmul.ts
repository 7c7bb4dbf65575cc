/** Matrix products beside the classifier's: at each place, and between branches. */
import * as tf from "../../deps/tfjs.ts";
import { product } from "../_product.ts";
import { sizeOf } from "../../core/values.ts";
import { denseBackward, denseForward } from "./_dense.ts";
import { eachPlace } from "./_places.ts";
import type { Op, Shape } from "./op.ts";

/** A fully connected layer for each place or token: `[…, features] · kernel [features, out] + bias`. */
export const denseEach: Op = {
  traits: { nature: "weighted" },
  needs: ["kernel"],
  shape([input], { params: { kernel } }) {
    if (input.at(-1) !== kernel[0]) {
      throw new Error(
        `the kernel takes ${kernel[0]} features, the input is [${input.join(", ")}]`,
      );
    }
    return [...input.slice(0, -1), kernel[1]];
  },
  reach: eachPlace,
  cost: ([input], _output, { params: { kernel } }) => sizeOf(input) * kernel[1],
  fuses: ["relu", "relu6"],
  forward: ([x], call, activation) => denseForward(x, call, activation),
  backward: (dy, call) => [denseBackward(dy, call)],
};

const outer = (shape: Shape) => shape.slice(0, -2);

/** The axes before the last two as one, the batch with them. */
const stacked = (x: tf.Tensor) =>
  tf.reshape(x, [-1, x.shape.at(-2)!, x.shape.at(-1)!]) as tf.Tensor3D;

/** The product of two inputs' matrices, `[…, rows, inner]` and `[…, inner, columns]`: attention. */
export const matMul: Op = {
  traits: { nature: "other" },
  inputs: 2,
  shape([a, b]) {
    const fit = a.length === b.length && a.length >= 2 && outer(a).join() === outer(b).join() &&
      a.at(-1) === b.at(-2);
    if (!fit) {
      throw new Error(`[${a.join(", ")}] and [${b.join(", ")}] cannot be multiplied as matrices`);
    }
    return [...a.slice(0, -1), b.at(-1)!];
  },
  cost: ([a, b]) => sizeOf(a) * b.at(-1)!,
  reads: { inputs: true },
  forward([a, b]) {
    const y = tf.matMul(stacked(a), stacked(b));
    return tf.reshape(y, [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  },
  backward(dy, { inputs }) {
    const [a, b] = inputs!, given = stacked(dy);
    return [
      tf.reshape(product(given, stacked(b), false, true), a.shape),
      tf.reshape(product(stacked(a), given, true, false), b.shape),
    ];
  },
};
