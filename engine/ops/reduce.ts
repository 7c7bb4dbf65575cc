/** Sums, means and maxima along axes: `attrs.axes`, from 0, the batch left out. They leave the shape. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf } from "../../core/values.ts";
import type { Attributes } from "../graph.ts";
import type { Op, Shape } from "./op.ts";

const axesOf = ({ axes }: Attributes) => axes as readonly number[];

/** What is left of a shape; one number is `[1]`. */
const left = (shape: Shape, attrs: Attributes): Shape => {
  const axes = axesOf(attrs);
  if (axes.length === 0 || axes.some((axis) => !(axis >= 0 && axis < shape.length))) {
    throw new Error(`[${shape.join(", ")}] has no axes [${axes.join(", ")}]`);
  }
  const rest = shape.filter((_, axis) => !axes.includes(axis));
  return rest.length ? rest : [1];
};

/** The same axes of a shape with its batch. */
const withBatch = (attrs: Attributes) => axesOf(attrs).map((axis) => axis + 1);

/** A shape, batch first, with ones where it was reduced. */
const kept = (shape: Shape, attrs: Attributes) => {
  const axes = withBatch(attrs);
  return shape.map((n, axis) => axes.includes(axis) ? 1 : n);
};

/** How many numbers make one. */
const countOf = (shape: Shape, attrs: Attributes) =>
  sizeOf(withBatch(attrs).map((axis) => shape[axis]));

const summing = (averages: boolean): Op => ({
  traits: { nature: "linear", sign: "kept", ...(averages ? { averages } : {}) },
  shape: ([input], { attrs }) => left(input, attrs),
  forward([x], { attrs }) {
    const sum = (averages ? tf.mean : tf.sum)(x, withBatch(attrs));
    return tf.reshape(sum, [x.shape[0], ...left(x.shape.slice(1), attrs)]);
  },
  backward(dy, { attrs, inputShapes: [shape] }) {
    const share = tf.reshape(dy, kept(shape, attrs));
    const spread = tf.tile(share, kept(shape, attrs).map((n, axis) => shape[axis] / n));
    return [averages ? tf.div(spread, countOf(shape, attrs)) : spread];
  },
});

export const reduceMean: Op = summing(true);
export const reduceSum: Op = summing(false);

/** The axes that are reduced behind the others, as one; `[…, count]`. */
function gathered(x: tf.Tensor, attrs: Attributes) {
  const reduced = withBatch(attrs), all = [...x.shape.keys()];
  const order = [...all.filter((axis) => !reduced.includes(axis)), ...reduced];
  const moved = tf.transpose(x, order), count = countOf(x.shape, attrs);
  return { rows: tf.reshape(moved, [-1, count]) as tf.Tensor2D, order, shape: moved.shape, count };
}

/** The greatest; the first of equals takes the gradient. */
export const reduceMax: Op = {
  traits: { nature: "routed", chooses: "greatest", sign: "kept" },
  shape: ([input], { attrs }) => left(input, attrs),
  reads: { inputs: true },
  forward: ([x], { attrs }) =>
    tf.reshape(tf.max(x, withBatch(attrs)), [x.shape[0], ...left(x.shape.slice(1), attrs)]),
  backward(dy, { attrs, inputs }) {
    const { rows, order, shape, count } = gathered(inputs![0], attrs);
    const won = tf.cast(tf.oneHot(tf.argMax(rows, 1) as tf.Tensor1D, count), "float32");
    const back = tf.reshape(tf.mul(won, tf.reshape(dy, [-1, 1])), shape);
    return [tf.transpose(back, order.map((_, axis) => order.indexOf(axis)))];
  },
};
