/** Where branches meet: of one shape, or broadcast to one. */
import * as tf from "../../deps/tfjs.ts";
import { kernels } from "../kernels/mod.ts";
import { aligned, alike, broadcastShape, summedTo } from "./_broadcast.ts";
import { eachPlace } from "./_places.ts";
import type { Op, Shape } from "./op.ts";

type Two = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** One after the other. */
const together = (inputs: readonly tf.Tensor[], two: Two) =>
  aligned(inputs).reduce((a, b) => two(a, b));

/** The same gradient for each input. */
const each = (dy: tf.Tensor, shapes: readonly Shape[]) =>
  shapes.map((shape) => summedTo(dy, shape));

export const add: Op = {
  traits: { nature: "linear", joins: true, sign: "kept" },
  inputs: "several",
  shape: broadcastShape,
  fuses: ["relu"],
  forward(inputs, _call, activation) {
    if (activation && inputs.length === 2 && alike(inputs)) {
      return kernels().addRelu(inputs[0], inputs[1]);
    }
    const sum = together(inputs, tf.add);
    return activation ? tf.relu(sum) : sum;
  },
  backward: (dy, { inputShapes }) => each(dy, inputShapes),
};

/** First input minus second. */
export const subtract: Op = {
  traits: { nature: "linear", joins: true },
  inputs: 2,
  shape: broadcastShape,
  forward: (inputs) => together(inputs, tf.sub),
  backward: (dy, { inputShapes: [a, b] }) => [summedTo(dy, a), summedTo(tf.neg(dy), b)],
};

export const average: Op = {
  traits: { nature: "linear", averages: true, joins: true, sign: "kept" },
  inputs: "several",
  shape: broadcastShape,
  forward: (inputs) => tf.div(together(inputs, tf.add), inputs.length),
  backward: (dy, { inputShapes }) => each(tf.div(dy, inputShapes.length), inputShapes),
};

/** Elementwise product. */
export const multiply: Op = {
  traits: { nature: "product", joins: true, sign: "kept" },
  inputs: "several",
  shape: broadcastShape,
  reads: { inputs: true },
  forward: (inputs) => together(inputs, tf.mul),
  backward(dy, { inputs, inputShapes }) {
    const factors = aligned(inputs!);
    return factors.map((_, i) => {
      const others = factors.filter((_, j) => i !== j);
      return summedTo(
        others.reduce((product, other) => tf.mul(product, other), dy),
        inputShapes[i],
      );
    });
  },
};

/** Elementwise maximum or minimum; the first of equals takes the gradient. */
const extreme = (two: Two, chooses: "greatest" | "least"): Op => ({
  traits: { nature: "routed", chooses, joins: true, sign: "kept" },
  inputs: "several",
  shape: broadcastShape,
  reads: { inputs: true, output: true },
  forward: (inputs) => together(inputs, two),
  backward(dy, { inputs, inputShapes, output }) {
    let left = dy;
    return aligned(inputs!).map((input, i) => {
      const won = tf.mul(left, tf.cast(tf.equal(input, output!), "float32"));
      left = tf.sub(left, won);
      return summedTo(won, inputShapes[i]);
    });
  },
});

export const maximum: Op = extreme(tf.maximum, "greatest");
export const minimum: Op = extreme(tf.minimum, "least");

/** Along the channels (or features). */
export const concat: Op = {
  traits: { nature: "routed", sign: "kept" },
  inputs: "several",
  shape(inputs) {
    const all = inputs.map((shape) => `[${shape.join(", ")}]`);
    const places = inputs.map((shape) => shape.slice(0, -1).join());
    const odd = places.findIndex((place) => place !== places[0]);
    if (odd >= 0) throw new Error(`its inputs differ in shape: ${all[0]} and ${all[odd]}`);
    return [...inputs[0].slice(0, -1), inputs.reduce((sum, s) => sum + s.at(-1)!, 0)];
  },
  reach: eachPlace,
  forward: (inputs) => kernels().concat(inputs),
  backward: (dy, { inputShapes }) => kernels().split(dy, inputShapes.map((s) => s.at(-1)!)),
};
