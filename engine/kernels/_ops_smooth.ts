/** Smooth activations from TensorFlow.js's own operations. */
import * as tf from "../../deps/tfjs.ts";
import type { Kernels } from "./kernels.ts";

/** Φ(x) of the normal distribution. TensorFlow.js's erf is within 1.5e-7 (Abramowitz, Stegun 7.1.26). */
const normal = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** Its density. */
const density = (x: tf.Tensor) =>
  tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

function swishSlope(x: tf.Tensor): tf.Tensor {
  const s = tf.sigmoid(x);
  return tf.add(s, tf.mul(tf.mul(x, s), tf.sub(1, s)));
}

export const opSmooth: Pick<Kernels, "swish" | "swishGrad" | "gelu" | "geluGrad"> = {
  swish: (x) => tf.tidy(() => tf.mul(x, tf.sigmoid(x))),
  swishGrad: (dy, x) => tf.tidy(() => tf.mul(dy, swishSlope(x))),
  gelu: (x) => tf.tidy(() => tf.mul(x, normal(x))),
  geluGrad: (dy, x) => tf.tidy(() => tf.mul(dy, tf.add(normal(x), tf.mul(x, density(x))))),
};
