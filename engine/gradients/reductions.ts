/** Gradients of what makes one number of many, and of running sums and matrix products. */
import * as tf from "../../deps/tfjs.ts";
import { product } from "../_product.ts";
import { oneHot } from "./along.ts";
import { gradient, sumTo, where } from "./gradient.ts";

type Axis = number | number[];

const { parseAxisParam, sizeFromShape } = tf.util;

/** A shape with 1 for what is reduced. */
const kept = (shape: readonly number[], axes: readonly number[]) =>
  shape.map((n, i) => axes.includes(i) ? 1 : n);

/** Gives each of the reduced numbers the gradient of what was made of them. */
function spread(dy: tf.Tensor, { shape }: tf.Tensor, axes: readonly number[]): tf.Tensor {
  // one number for all is far cheaper as a factor; a filled tensor need not be brought to a GPU
  return dy.size === 1
    ? tf.mul(tf.fill([...shape], 1), tf.reshape(dy, []))
    : tf.broadcastTo(tf.reshape(dy, kept(shape, axes)), shape);
}

/** Numbers that are equally extreme share the gradient, so that it says the same in sum. */
const extreme = <Attrs>(kernelName: string, axisOf: (attrs: Attrs) => Axis): tf.GradConfig =>
  gradient<Attrs>(kernelName, { inputs: ["x"], output: 0 }, ([dy], [x, y], attrs) => ({
    x() {
      const axes = parseAxisParam(axisOf(attrs), x.shape), shape = kept(x.shape, axes);
      const found = where(tf.equal(x, tf.reshape(y, shape)), tf.onesLike(x));
      return tf.mul(found, tf.div(tf.reshape(dy, shape), tf.sum(found, axes, true)));
    },
  }));

/** A running sum or product that begins at the end: WebGPU's own is wrong for a second length. */
const fromEnd = (running: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, axis: number) =>
  tf.reverse(running(tf.reverse(x, axis)), axis);

/** The product of all other numbers, from those before and those behind: right with zeros too. */
function others(x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const order = [...x.shape.keys()].sort((a, b) => +axes.includes(a) - +axes.includes(b) || a - b);
  const rows = tf.transpose(x, order), count = sizeFromShape(axes.map((axis) => x.shape[axis]));
  const flat = tf.reshape(rows, [-1, count]);
  const before = (x: tf.Tensor) => tf.cumprod(x, 1, true);
  const product = tf.mul(before(flat), fromEnd(before, flat, 1));
  return tf.transpose(tf.reshape(product, rows.shape), order.map((_, i) => order.indexOf(i)));
}

export const reductions: readonly tf.GradConfig[] = [
  gradient<tf.SumAttrs>(tf.Sum, { inputs: ["x"] }, ([dy], [x], { axis }) => ({
    x: () => spread(dy, x, parseAxisParam(axis, x.shape)),
  })),
  gradient<tf.MeanAttrs>(tf.Mean, { inputs: ["x"] }, ([dy], [x], { axis }) => ({
    x() {
      const axes = parseAxisParam(axis, x.shape);
      return spread(tf.div(dy, sizeFromShape(axes.map((axis) => x.shape[axis]))), x, axes);
    },
  })),
  gradient<tf.ProdAttrs>(tf.Prod, { inputs: ["x"] }, ([dy], [x], { axis }) => ({
    x() {
      const axes = parseAxisParam(axis, x.shape);
      return tf.mul(spread(dy, x, axes), others(x, axes));
    },
  })),
  extreme<tf.MaxAttrs>(tf.Max, ({ reductionIndices }) => reductionIndices),
  extreme<tf.MinAttrs>(tf.Min, ({ axis }) => axis),
  gradient(tf.TopK, { inputs: ["x"], output: 1 }, ([dy], [x, places]) => ({
    x() {
      const found = oneHot(places, x.shape.at(-1)!);
      return tf.sum(tf.mul(found, tf.expandDims(dy, -1)), -2);
    },
  })),
  gradient<tf.CumsumAttrs>(tf.Cumsum, {}, ([dy], _, { axis, exclusive, reverse }) => ({
    x() {
      const running = (x: tf.Tensor) => tf.cumsum(x, axis, exclusive);
      return reverse ? running(dy) : fromEnd(running, dy, axis);
    },
  })),
  // Y = A·B: dA = dY·Bᵀ, dB = Aᵀ·dY, each turned over where the kernel turned its input over
  gradient<tf.BatchMatMulAttrs>(
    tf.BatchMatMul,
    { inputs: ["a", "b"] },
    ([dy], [a, b], { transposeA, transposeB }) => ({
      a: () =>
        sumTo(
          transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        sumTo(
          transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
          b.shape,
        ),
    }),
  ),
];
