/** A way out of where no unit of a layer responds. */
import * as tf from "../deps/tfjs.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";

/**
 * Where nothing of a gradient comes through a whole ReLU of an image, lets through what would wake it:
 * not what would push further down what is silent already. For the first steps of an optimization that
 * starts from noise (Olah, Mordvintsev, Schubert 2017; as in Lucid).
 */
export function redirectRules(): Rules {
  const rectifiers = opNames().filter((name) => op(name).traits.rectifies);
  return Object.fromEntries(rectifiers.map((name) => [name, redirecting(op(name))]));
}

const redirecting = ({ reads, backward }: Rule): Rule => ({
  name: "redirect",
  reads: { ...reads, output: true },
  backward(dy, call) {
    const [plain] = backward(dy, call);
    const [batch] = dy.shape, ones = dy.shape.slice(1).map(() => 1);
    const passed = tf.max(tf.abs(tf.reshape(plain, [batch, -1])), 1);
    const silent = tf.reshape(tf.sub(1, tf.step(passed)), [batch, ...ones]);
    // up is where the objective grows: what is silent is not pushed down
    const awake = tf.maximum(tf.step(call.output!), tf.step(dy));
    return [tf.add(plain, tf.mul(silent, tf.mul(dy, awake)))];
  },
});
