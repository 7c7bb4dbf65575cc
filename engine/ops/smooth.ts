/** Smooth relatives of ReLU. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, fromOutput, inside, NEVER_NEGATIVE } from "./_pointwise.ts";
import type { Op } from "./op.ts";

/** x where positive, α(eˣ − 1) elsewhere. */
export const elu: Op = fromOutput(
  (x, { alpha }) => {
    const below = tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha as number);
    return tf.add(tf.relu(x), below);
  },
  (y, { alpha }) => {
    const positive = tf.step(y);
    return tf.add(positive, tf.mul(tf.sub(1, positive), tf.add(y, alpha as number)));
  },
);

const SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;

/** Klambauer et al. 2017. */
export const selu: Op = fromOutput(
  (x) => tf.selu(x),
  (y) => {
    const positive = tf.step(y);
    const below = tf.mul(tf.sub(1, positive), tf.add(y, SELU_SCALE * SELU_ALPHA));
    return tf.add(tf.mul(positive, SELU_SCALE), below);
  },
);

export const softplus: Op = fromInput((x) => tf.softplus(x), (x) => tf.sigmoid(x), NEVER_NEGATIVE);

/** x·σ(x), also called SiLU. */
export const swish: Op = fromInput(
  (x) => tf.mul(x, tf.sigmoid(x)),
  (x) => {
    const s = tf.sigmoid(x);
    return tf.add(s, tf.mul(tf.mul(x, s), tf.sub(1, s)));
  },
);

/** x·tanh(ln(1 + eˣ)) (Misra 2019). */
export const mish: Op = fromInput(
  (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  (x) => {
    const t = tf.tanh(tf.softplus(x));
    return tf.add(t, tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(t))));
  },
);

/** Φ(x) of the normal distribution. TensorFlow.js's erf is within 1.5e-7 (Abramowitz, Stegun 7.1.26). */
const normal = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** Its density. */
const density = (x: tf.Tensor) =>
  tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

const ROOT = Math.sqrt(2 / Math.PI), CUBIC = 0.044715;

/** tanh(√(2/π)·(x + 0.044715·x³)), which is nearly 2Φ(x) − 1. */
const nearlyNormal = (x: tf.Tensor) =>
  tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), ROOT));

/** x·Φ(x) (Hendrycks, Gimpel 2016); with `approximate` Φ by tanh, as in GPT-2. */
export const gelu: Op = fromInput(
  (x, { approximate }) =>
    approximate ? tf.mul(tf.mul(x, 0.5), tf.add(nearlyNormal(x), 1)) : tf.mul(x, normal(x)),
  (x, { approximate }) => {
    if (!approximate) return tf.add(normal(x), tf.mul(x, density(x)));
    const t = nearlyNormal(x);
    const rate = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), ROOT);
    const bend = tf.mul(tf.mul(x, rate), tf.sub(1, tf.square(t)));
    return tf.mul(tf.add(tf.add(t, 1), bend), 0.5);
  },
);

/** x·min(max(x + 3, 0), 6) / 6 (Howard et al. 2019), also called hard SiLU. */
export const hardSwish: Op = fromInput(
  (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  (x) => {
    const middle = tf.mul(inside(x, -3, 3), tf.add(tf.div(x, 3), 0.5));
    return tf.add(middle, tf.cast(tf.greaterEqual(x, 3), "float32"));
  },
);
