/** How activations are written down: functions of one number each. */
import * as tf from "../../deps/tfjs.ts";
import type { Attributes } from "../graph.ts";
import type { Op, Traits } from "./op.ts";

type Unary = (x: tf.Tensor, attrs: Attributes) => tf.Tensor;

/** An activation whose slope follows from its output. */
export const fromOutput = (forward: Unary, slope: Unary, traits: Partial<Traits> = {}): Op => ({
  traits: { nature: "elementwise", ...traits },
  shape: ([input]) => input,
  reads: { output: true },
  forward: ([x], { attrs }) => forward(x, attrs),
  backward: (dy, { output, attrs }) => [tf.mul(dy, slope(output!, attrs))],
});

/** An activation whose slope follows from its input. */
export const fromInput = (forward: Unary, slope: Unary, traits: Partial<Traits> = {}): Op => ({
  traits: { nature: "elementwise", ...traits },
  shape: ([input]) => input,
  reads: { inputs: true },
  forward: ([x], { attrs }) => forward(x, attrs),
  backward: (dy, { inputs, attrs }) => [tf.mul(dy, slope(inputs![0], attrs))],
});

/** 1 where `low < y < high`, else 0. */
export const inside = (y: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.cast(tf.logicalAnd(tf.greater(y, low), tf.less(y, high)), "float32");

export const NEVER_NEGATIVE = { sign: "never-negative" } as const;
