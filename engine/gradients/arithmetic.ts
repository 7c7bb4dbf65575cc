/** Gradients of operations on two tensors, either of which may be broadcast, or on a list of them. */
import * as tf from "../../deps/tfjs.ts";
import { gradient, gradientOfList, sumTo, where } from "./gradient.ts";

type Binary = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const binary = (kernelName: string, da: Binary, db: Binary): tf.GradConfig =>
  gradient(kernelName, { inputs: ["a", "b"] }, ([dy], [a, b]) => ({
    a: () => sumTo(da(dy, a, b), a.shape),
    b: () => sumTo(db(dy, a, b), b.shape),
  }));

const twice = (dy: tf.Tensor, x: tf.Tensor) => tf.mul(dy, tf.mul(x, 2));

/** The slope of the angle of `(a, b)` along one of them, but for its sign: the other's share. */
const share = (a: tf.Tensor, b: tf.Tensor) => tf.div(a, tf.add(tf.square(a), tf.square(b)));

export const arithmetic: readonly tf.GradConfig[] = [
  gradientOfList(tf.AddN, (dy) => tf.clone(dy)),
  binary(tf.Add, (dy) => dy, (dy) => dy),
  binary(tf.Sub, (dy) => dy, (dy) => tf.neg(dy)),
  binary(tf.Multiply, (dy, _, b) => tf.mul(dy, b), (dy, a) => tf.mul(dy, a)),
  binary(
    tf.RealDiv,
    (dy, _, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, tf.div(a, b)), b)),
  ),
  binary(
    tf.SquaredDifference,
    (dy, a, b) => twice(dy, tf.sub(a, b)),
    (dy, a, b) => twice(dy, tf.sub(b, a)),
  ),
  // of equal numbers the first is taken
  binary(
    tf.Maximum,
    (dy, a, b) => where(tf.greaterEqual(a, b), dy),
    (dy, a, b) => where(tf.less(a, b), dy),
  ),
  binary(
    tf.Minimum,
    (dy, a, b) => where(tf.lessEqual(a, b), dy),
    (dy, a, b) => where(tf.greater(a, b), dy),
  ),
  // a − b·⌊a/b⌋
  binary(tf.Mod, (dy) => dy, (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b))))),
  binary(
    tf.Atan2,
    (dy, a, b) => tf.mul(dy, share(b, a)),
    (dy, a, b) => tf.neg(tf.mul(dy, share(a, b))),
  ),
  gradient(tf.Pow, { inputs: ["a", "b"], output: 0 }, ([dy], [a, b, y]) => ({
    a: () => sumTo(tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a.shape),
    // a power of a number that is not positive has no slope along the exponent
    b() {
      const positive = tf.greater(a, 0);
      const log = tf.log(tf.where(positive, a, tf.onesLike(a)));
      return sumTo(tf.mul(dy, tf.mul(y, log)), b.shape);
    },
  })),
];
