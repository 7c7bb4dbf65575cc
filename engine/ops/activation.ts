/** Pointwise activations and softmax. */
import * as tf from "@tensorflow/tfjs-core";
import { kernels } from "../kernels/mod.ts";
import type { Attributes } from "../graph.ts";
import type { Op, Traits } from "./op.ts";

type Unary = (x: tf.Tensor, attrs: Attributes) => tf.Tensor;

/** An activation whose slope follows from its output. */
const fromOutput = (forward: Unary, slope: Unary, traits: Partial<Traits> = {}): Op => ({
  traits: { nature: "elementwise", ...traits },
  shape: ([input]) => input,
  reads: { output: true },
  forward: ([x], { attrs }) => forward(x, attrs),
  backward: (dy, { output, attrs }) => [tf.mul(dy, slope(output!, attrs))],
});

/** An activation whose slope follows from its input. */
const fromInput = (forward: Unary, slope: Unary, traits: Partial<Traits> = {}): Op => ({
  traits: { nature: "elementwise", ...traits },
  shape: ([input]) => input,
  reads: { inputs: true },
  forward: ([x], { attrs }) => forward(x, attrs),
  backward: (dy, { inputs, attrs }) => [tf.mul(dy, slope(inputs![0], attrs))],
});

/** 1 where `low < y < high`, else 0. */
const inside = (y: tf.Tensor, low: number, high: number) =>
  tf.cast(tf.logicalAnd(tf.greater(y, low), tf.less(y, high)), "float32");

const NEVER_NEGATIVE = { sign: "never-negative" } as const;

export const relu: Op = {
  ...fromOutput((x) => tf.relu(x), (y) => tf.step(y), { rectifies: true, ...NEVER_NEGATIVE }),
  backward: (dy, { output }) => [kernels().reluGrad(dy, output!)],
};

/** min(max(x, 0), 6). */
export const relu6: Op = fromOutput((x) => tf.relu6(x), (y) => inside(y, 0, 6), {
  rectifies: true,
  ...NEVER_NEGATIVE,
});

/** x where positive, `alpha`·x elsewhere. */
export const leakyRelu: Op = fromInput(
  (x, { alpha }) => tf.leakyRelu(x, alpha as number),
  (x, { alpha }) => {
    const positive = tf.step(x);
    return tf.add(positive, tf.mul(tf.sub(1, positive), alpha as number));
  },
);

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

export const sigmoid: Op = fromOutput((x) => tf.sigmoid(x), (y) => tf.mul(y, tf.sub(1, y)), {
  scores: "sigmoid",
  ...NEVER_NEGATIVE,
});

export const tanh: Op = fromOutput((x) => tf.tanh(x), (y) => tf.sub(1, tf.mul(y, y)));

/** x·σ(x), also called SiLU. */
export const swish: Op = fromInput(
  (x) => tf.mul(x, tf.sigmoid(x)),
  (x) => {
    const s = tf.sigmoid(x);
    return tf.add(s, tf.mul(tf.mul(x, s), tf.sub(1, s)));
  },
);

export const softplus: Op = fromInput((x) => tf.softplus(x), (x) => tf.sigmoid(x), NEVER_NEGATIVE);

/** x / (1 + |x|). */
export const softsign: Op = fromInput(
  (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  (x) => tf.reciprocal(tf.square(tf.add(tf.abs(x), 1))),
);

/** Keras 2: clip(0.2·x + 0.5, 0, 1). */
export const hardSigmoid: Op = fromOutput(
  (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  (y) => tf.mul(inside(y, 0, 1), 0.2),
  NEVER_NEGATIVE,
);

/** Over the last axis. Only inside a network: a final softmax is split off, so that scores are logits. */
export const softmax: Op = {
  traits: { nature: "other", scores: "softmax", ...NEVER_NEGATIVE },
  shape: ([input]) => input,
  reads: { output: true },
  forward: ([x]) => tf.softmax(x),
  backward: (dy, { output }) => [
    tf.mul(output!, tf.sub(dy, tf.sum(tf.mul(dy, output!), -1, true))),
  ],
};
