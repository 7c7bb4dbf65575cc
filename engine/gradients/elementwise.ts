/** Gradients of functions of one number, each taken by itself. */
import * as tf from "../../deps/tfjs.ts";
import { fromInput, fromOutput, where } from "./gradient.ts";

const oneMinusSquare = (x: tf.Tensor) => tf.sub(1, tf.square(x));

export const elementwise: readonly tf.GradConfig[] = [
  fromInput(tf.Identity, (dy) => tf.clone(dy)),
  // to a whole number or a truth value it is a step, with no slope
  fromInput<tf.CastAttrs>(
    tf.Cast,
    (dy, _, { dtype }) => dtype === "float32" ? tf.clone(dy) : tf.zerosLike(dy),
  ),

  fromInput(tf.Neg, (dy) => tf.neg(dy)),
  fromInput(tf.Abs, (dy, x) => tf.mul(dy, tf.sign(x))),
  fromInput(tf.Square, (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  fromOutput(tf.Sqrt, (dy, y) => tf.div(dy, tf.mul(y, 2))),
  fromOutput(tf.Rsqrt, (dy, y) => tf.mul(dy, tf.mul(tf.mul(tf.square(y), y), -0.5))),
  fromOutput(tf.Reciprocal, (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  // the bounds themselves let it through
  fromInput<tf.ClipByValueAttrs>(tf.ClipByValue, (dy, x, { clipValueMin, clipValueMax }) =>
    where(
      tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax)),
      dy,
    )),

  fromOutput(tf.Exp, (dy, y) => tf.mul(dy, y)),
  fromOutput(tf.Expm1, (dy, y) => tf.mul(dy, tf.add(y, 1))),
  fromInput(tf.Log, (dy, x) => tf.div(dy, x)),
  fromInput(tf.Log1p, (dy, x) => tf.div(dy, tf.add(x, 1))),
  fromInput(
    tf.Erf,
    (dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI))),
  ),

  fromInput(tf.Sin, (dy, x) => tf.mul(dy, tf.cos(x))),
  fromInput(tf.Cos, (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  fromOutput(tf.Tan, (dy, y) => tf.mul(dy, tf.add(tf.square(y), 1))),
  fromInput(tf.Asin, (dy, x) => tf.div(dy, tf.sqrt(oneMinusSquare(x)))),
  fromInput(tf.Acos, (dy, x) => tf.neg(tf.div(dy, tf.sqrt(oneMinusSquare(x))))),
  fromInput(tf.Atan, (dy, x) => tf.div(dy, tf.add(tf.square(x), 1))),
  fromInput(tf.Sinh, (dy, x) => tf.mul(dy, tf.cosh(x))),
  fromInput(tf.Cosh, (dy, x) => tf.mul(dy, tf.sinh(x))),
  fromOutput(tf.Tanh, (dy, y) => tf.mul(dy, oneMinusSquare(y))),
  fromInput(tf.Asinh, (dy, x) => tf.div(dy, tf.sqrt(tf.add(tf.square(x), 1)))),
  fromInput(tf.Acosh, (dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(x), 1)))),
  fromInput(tf.Atanh, (dy, x) => tf.div(dy, oneMinusSquare(x))),
];
