/** Arithmetic with constants and between branches, as general graphs write it out. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { aligned, broadcastShape, summedTo } from "./_broadcast.ts";
import { fromInput } from "./_pointwise.ts";
import type { Affine, Op, Parameters, Shape } from "./op.ts";

const filled = (shape: Shape, number: number): Values =>
  values(new Float32Array(sizeOf(shape)).fill(number), shape);

/** Slope and shift of each channel; 1 and 0 where there is no parameter. */
function affineOf(params: Parameters): Affine {
  const { shape } = params.values(params.has("scale") ? "scale" : "offset");
  return {
    slope: params.has("scale") ? params.values("scale") : filled(shape, 1),
    shift: params.has("offset") ? params.values("offset") : filled(shape, 0),
  };
}

/** Refuses parameters that do not fit the last axes of the input, each of its size or 1. */
const broadcasts: Op["shape"] = ([input], { params }) => {
  for (const shape of Object.values(params)) {
    const fits = shape.length <= input.length &&
      shape.every((n, i) => n === 1 || n === input[input.length - shape.length + i]);
    if (!fits) throw new Error(`[${shape.join(", ")}] does not fit [${input.join(", ")}]`);
  }
  return input;
};

const scaledBy = (x: tf.Tensor, params: Parameters): tf.Tensor => {
  if (!params.has("scale")) return x;
  const scale = params.tensor("scale"), ones = x.rank - scale.rank;
  return tf.mul(x, tf.reshape(scale, [...new Array<number>(ones).fill(1), ...scale.shape]));
};

const scaling: Omit<Op, "traits"> = {
  shape: broadcasts,
  cost: ([input]) => sizeOf(input),
  forward([x], { params }) {
    const y = scaledBy(x, params);
    if (!params.has("offset")) return params.has("scale") ? y : tf.clone(x);
    const offset = params.tensor("offset"), ones = x.rank - offset.rank;
    return tf.add(y, tf.reshape(offset, [...new Array<number>(ones).fill(1), ...offset.shape]));
  },
  backward: (dy, { params }) => [params.has("scale") ? scaledBy(dy, params) : tf.clone(dy)],
};

/** Each channel times a number, plus a number: parameters `scale?, offset?`, each `[channels]`. */
export const affine: Op = {
  ...scaling,
  traits: { nature: "elementwise", affine: affineOf },
  shape(inputs, call) {
    const channels = inputs[0].at(-1)!;
    for (const shape of Object.values(call.params)) {
      if (shape.length !== 1 || shape[0] !== channels) {
        throw new Error(`its parameters are [${shape.join(", ")}], not [${channels}]`);
      }
    }
    return inputs[0];
  },
};

/**
 * The same with parameters of any shape that broadcasts to the input's: a position's embedding, a
 * mean picture.
 */
export const affineEach: Op = { ...scaling, traits: { nature: "elementwise" } };

/** Numbers of its own, whatever it reads: parameter `value`. Its input only says how many pictures. */
export const constant: Op = {
  traits: { nature: "linear" },
  needs: ["value"],
  shape: (_inputs, { params: { value } }) => value,
  forward([x], { params }) {
    const value = params.tensor("value");
    return tf.tile(tf.reshape(value, [1, ...value.shape]), [
      x.shape[0],
      ...value.shape.map(() => 1),
    ]);
  },
  backward: (_dy, { inputShapes }) => inputShapes.map((shape) => tf.zeros([...shape])),
};

/** First input by second. */
export const divide: Op = {
  traits: { nature: "other", joins: true },
  inputs: 2,
  shape: broadcastShape,
  reads: { inputs: true },
  forward(inputs) {
    const [a, b] = aligned(inputs);
    return tf.div(a, b);
  },
  backward(dy, { inputs, inputShapes }) {
    const [a, b] = aligned(inputs!), share = tf.div(dy, b);
    const back = tf.neg(tf.div(tf.mul(share, a), b));
    return [summedTo(share, inputShapes[0]), summedTo(back, inputShapes[1])];
  },
};

/** x to the power of p; the frequent ones by functions that are exact. */
function raised(x: tf.Tensor, p: number): tf.Tensor {
  if (p === 2) return tf.square(x);
  if (p === 1) return x;
  if (p === 0.5) return tf.sqrt(x);
  if (p === -0.5) return tf.rsqrt(x);
  if (p === -1) return tf.reciprocal(x);
  if (p === 3) return tf.mul(x, tf.square(x));
  return tf.pow(x, tf.scalar(p));
}

/** x to the power of `attrs.exponent`. */
export const power: Op = fromInput(
  (x, { exponent }) => tf.mul(raised(x, exponent as number), 1),
  (x, { exponent }) => {
    const p = exponent as number;
    return p === 0.5 ? tf.mul(tf.rsqrt(x), 0.5) : tf.mul(raised(x, p - 1), p);
  },
);

export const abs: Op = fromInput((x) => tf.abs(x), (x) => tf.sign(x), { sign: "never-negative" });

/** The natural logarithm. */
export const log: Op = fromInput((x) => tf.log(x), (x) => tf.reciprocal(x));

/** The error function; TensorFlow.js's is within 1.5e-7. */
export const erf: Op = fromInput(
  (x) => tf.erf(x),
  (x) => tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)),
);
