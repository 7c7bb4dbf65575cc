/** Where branches meet. */
import * as tf from "@tensorflow/tfjs-core";
import { share } from "../_share.ts";
import { kernels } from "../kernels/mod.ts";
import type { Op, Shape } from "./op.ts";

function sameShape(inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs.map((s) => `[${s.join(", ")}]`);
  const odd = others.find((o) => o !== first);
  if (odd) throw new Error(`its inputs differ in shape: ${first} and ${odd}`);
  return inputs[0];
}

const each = (dy: tf.Tensor, count: number) => Array.from({ length: count }, () => share(dy));

export const add: Op = {
  traits: { nature: "linear", joins: true, sign: "kept" },
  shape: sameShape,
  fuses: ["relu"],
  forward(inputs, _call, activation) {
    if (activation && inputs.length === 2) return kernels().addRelu(inputs[0], inputs[1]);
    const sum = inputs.reduce((a, b) => tf.add(a, b));
    return activation ? tf.relu(sum) : sum;
  },
  backward: (dy, { inputShapes }) => each(dy, inputShapes.length),
};

/** First input minus second. */
export const subtract: Op = {
  traits: { nature: "linear", joins: true },
  shape: sameShape,
  forward: ([a, b]) => tf.sub(a, b),
  backward: (dy) => [share(dy), tf.neg(dy)],
};

export const average: Op = {
  traits: { nature: "linear", averages: true, joins: true, sign: "kept" },
  shape: sameShape,
  forward: (inputs) => tf.div(inputs.reduce((a, b) => tf.add(a, b)), inputs.length),
  backward: (dy, { inputShapes }) => {
    const share = tf.div(dy, inputShapes.length);
    return each(share, inputShapes.length);
  },
};

/** Elementwise product. */
export const multiply: Op = {
  traits: { nature: "other", joins: true, sign: "kept" },
  shape: sameShape,
  reads: { inputs: true },
  forward: (inputs) => inputs.reduce((a, b) => tf.mul(a, b)),
  backward: (dy, { inputs }) =>
    inputs!.map((_, i) =>
      inputs!.reduce((product, other, j) => (i === j ? product : tf.mul(product, other)), dy)
    ),
};

/** Elementwise maximum; the first of equals takes the gradient. */
export const maximum: Op = {
  traits: { nature: "routed", chooses: true, joins: true, sign: "kept" },
  shape: sameShape,
  reads: { inputs: true, output: true },
  forward: (inputs) => inputs.reduce((a, b) => tf.maximum(a, b)),
  backward(dy, { inputs, output }) {
    let left = dy;
    return inputs!.map((input) => {
      const share = tf.mul(left, tf.cast(tf.equal(input, output!), "float32"));
      left = tf.sub(left, share);
      return share;
    });
  },
};

/** Along the channels (or features). */
export const concat: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape(inputs) {
    sameShape(inputs.map((s) => s.slice(0, -1)));
    return [...inputs[0].slice(0, -1), inputs.reduce((sum, s) => sum + s.at(-1)!, 0)];
  },
  forward: (inputs) => tf.concat([...inputs], -1),
  backward: (dy, { inputShapes }) => tf.split(dy, inputShapes.map((s) => s.at(-1)!), -1),
};
