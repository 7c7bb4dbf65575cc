/** Smooth relatives of ReLU. */
import * as tf from "../../deps/tfjs.ts";
import { kernels } from "../kernels/mod.ts";
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
export const swish: Op = {
  traits: { nature: "elementwise" },
  shape: ([input]) => input,
  reads: { inputs: true },
  forward: ([x]) => kernels().swish(x),
  backward: (dy, { inputs }) => [kernels().swishGrad(dy, inputs![0])],
};

/** x·tanh(ln(1 + eˣ)) (Misra 2019). */
export const mish: Op = fromInput(
  (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  (x) => {
    const t = tf.tanh(tf.softplus(x));
    return tf.add(t, tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(t))));
  },
);

const ROOT = Math.sqrt(2 / Math.PI), CUBIC = 0.044715;

/** tanh(√(2/π)·(x + 0.044715·x³)), which is nearly 2Φ(x) − 1. */
const nearlyNormal = (x: tf.Tensor) =>
  tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), ROOT));

/** What is {@link gelu} with Φ by tanh. */
const nearGelu = fromInput(
  (x) => tf.mul(tf.mul(x, 0.5), tf.add(nearlyNormal(x), 1)),
  (x) => {
    const t = nearlyNormal(x);
    const rate = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), ROOT);
    const bend = tf.mul(tf.mul(x, rate), tf.sub(1, tf.square(t)));
    return tf.mul(tf.add(tf.add(t, 1), bend), 0.5);
  },
);

/** x·Φ(x) (Hendrycks, Gimpel 2016); with `approximate` Φ by tanh, as in GPT-2. */
export const gelu: Op = {
  ...nearGelu,
  forward: (inputs, call) =>
    call.attrs.approximate ? nearGelu.forward(inputs, call) : kernels().gelu(inputs[0]),
  backward: (dy, call) =>
    call.attrs.approximate
      ? nearGelu.backward(dy, call)
      : [kernels().geluGrad(dy, call.inputs![0])],
};

/** x·min(max(x + 3, 0), 6) / 6 (Howard et al. 2019), also called hard SiLU. */
export const hardSwish: Op = fromInput(
  (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  (x) => {
    const middle = tf.mul(inside(x, -3, 3), tf.add(tf.div(x, 3), 0.5));
    return tf.add(middle, tf.cast(tf.greaterEqual(x, 3), "float32"));
  },
);
