/** Gradients of networks' activation functions; where one has a corner, the left slope. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, fromOutput, gradient, sumTo, where } from "./gradient.ts";

/** λ and α of Klambauer et al. 2017, “Self-Normalizing Neural Networks”. */
const LAMBDA = 1.0507009873554805, ALPHA = 1.6732632423543772;

const positive = (x: tf.Tensor) => tf.greater(x, 0);

export const activations: readonly tf.GradConfig[] = [
  fromInput(tf.Relu, (dy, x) => where(positive(x), dy)),
  fromInput(
    tf.Relu6,
    (dy, x) => where(tf.logicalAnd(positive(x), tf.lessEqual(x, 6)), dy),
  ),
  fromInput<tf.LeakyReluAttrs>(
    tf.LeakyRelu,
    (dy, x, { alpha }) => tf.where(positive(x), dy, tf.mul(dy, alpha)),
  ),
  gradient(tf.Prelu, { inputs: ["x", "alpha"] }, ([dy], [x, alpha]) => ({
    x: () => tf.where(positive(x), dy, tf.mul(dy, alpha)),
    alpha: () => sumTo(tf.mul(dy, tf.minimum(x, 0)), alpha.shape),
  })),
  // e^x = y + 1 where x is negative
  fromOutput(tf.Elu, (dy, y) => tf.mul(dy, tf.add(tf.minimum(y, 0), 1))),
  fromOutput(
    tf.Selu,
    (dy, y) => tf.where(positive(y), tf.mul(dy, LAMBDA), tf.mul(dy, tf.add(y, LAMBDA * ALPHA))),
  ),
  fromOutput(tf.Sigmoid, (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  fromInput(tf.Softplus, (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  gradient<tf.SoftmaxAttrs>(tf.Softmax, { output: 0 }, ([dy], [y], { dim }) => ({
    logits: () => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), dim, true))),
  })),
];
