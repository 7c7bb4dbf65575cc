/** Activations that saturate, and softmax. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, fromOutput, inside, NEVER_NEGATIVE } from "./_pointwise.ts";
import type { Op } from "./op.ts";

export const sigmoid: Op = fromOutput((x) => tf.sigmoid(x), (y) => tf.mul(y, tf.sub(1, y)), {
  scores: "sigmoid",
  gates: true,
  ...NEVER_NEGATIVE,
});

export const tanh: Op = fromOutput((x) => tf.tanh(x), (y) => tf.sub(1, tf.mul(y, y)));

/** x / (1 + |x|). */
export const softsign: Op = fromInput(
  (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  (x) => tf.reciprocal(tf.square(tf.add(tf.abs(x), 1))),
);

/** clip(`slope`·x + `offset`, 0, 1): Keras 2's, 0.2 and 0.5; Keras 3's and PyTorch's have 1/6 and 0.5. */
export const hardSigmoid: Op = fromOutput(
  (x, { slope = 0.2, offset = 0.5 }) =>
    tf.clipByValue(tf.add(tf.mul(x, slope as number), offset as number), 0, 1),
  (y, { slope = 0.2 }) => tf.mul(inside(y, 0, 1), slope as number),
  { gates: true, ...NEVER_NEGATIVE },
);

/** min(max(x, `low`), `high`): PyTorch's Hardtanh. */
export const clip: Op = fromInput(
  (x, { low, high }) => tf.clipByValue(x, low as number, high as number),
  (x, { low, high }) => inside(x, low as number, high as number),
);

/** eˣ. */
export const exp: Op = fromOutput((x) => tf.exp(x), (y) => y, NEVER_NEGATIVE);

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

/** The softmax's logarithm, over the last axis. Like it, a final one is split off. */
export const logSoftmax: Op = {
  traits: { nature: "other", scores: "softmax", logarithm: true },
  shape: ([input]) => input,
  reads: { output: true },
  forward: ([x]) => tf.logSoftmax(x),
  backward: (dy, { output }) => [
    tf.sub(dy, tf.mul(tf.exp(output!), tf.sum(dy, -1, true))),
  ],
};
