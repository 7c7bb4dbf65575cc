/** Local response normalization (Krizhevsky et al. 2012). */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import type { Attributes } from "../graph.ts";
import { eachPlace } from "./_places.ts";
import type { Call, Op } from "./op.ts";

interface Settings {
  /** Channels that one is normalized by, itself included. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

const settings = (attrs: Attributes) => attrs as unknown as Settings;

/** `[channels, channels]`, 1 where the second's window has the first; `turned` the other way round. */
function band({ params, attrs }: Call, channels: number, turned: boolean): tf.Tensor2D {
  const { size } = settings(attrs), before = Math.floor((size - 1) / 2);
  return params.derived(`band ${channels} ${turned}`, () => {
    const ones = new Float32Array(channels * channels);
    for (let c = 0; c < channels; c++) {
      const first = Math.max(0, c - before), last = Math.min(channels - 1, c - before + size - 1);
      for (let i = first; i <= last; i++) ones[turned ? c * channels + i : i * channels + c] = 1;
    }
    return values(ones, [channels, channels]);
  }) as tf.Tensor2D;
}

/** Sums over each channel's window. */
function windowed(x: tf.Tensor, call: Call, turned: boolean): tf.Tensor {
  const channels = x.shape.at(-1)!, rows = tf.reshape(x, [-1, channels]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, band(call, channels, turned)), x.shape);
}

/** bias + alpha / size · Σ x² over neighbouring channels. */
function base(x: tf.Tensor, call: Call): tf.Tensor {
  const { alpha, size, bias } = settings(call.attrs);
  return tf.add(tf.mul(windowed(tf.square(x), call, false), alpha / size), bias);
}

const raised = (x: tf.Tensor, exponent: number) => tf.pow(x, tf.scalar(exponent));

/** x / (bias + alpha / size · Σ x²)^beta, the sum over `size` neighbouring channels. */
export const lrn: Op = {
  traits: { nature: "other" },
  shape: ([input]) => input,
  reach: eachPlace,
  cost: ([input]) => 2 * sizeOf(input),
  reads: { inputs: true },
  forward: ([x], call) => tf.mul(x, raised(base(x, call), -settings(call.attrs).beta)),
  backward(dy, call) {
    const [x] = call.inputs!, { alpha, beta, size } = settings(call.attrs), from = base(x, call);
    const own = tf.mul(dy, raised(from, -beta));
    const shared = windowed(tf.div(tf.mul(own, x), from), call, true);
    return [tf.sub(own, tf.mul(tf.mul(x, shared), 2 * alpha * beta / size))];
  },
};
