/**
 * Objectives: what a gradient is of. An objective is a small function of tapped activations; it is
 * differentiated by TensorFlow.js, the network by the engine.
 */
import * as tf from "../deps/tfjs.ts";
import { LOGITS } from "./graph.ts";

/** A scalar made from layers' activations (batch first). */
export interface Objective {
  /** Layers that `value` reads; `"logits"` is the network's output. */
  readonly layers: readonly string[];
  /** Makes the scalar; `read` gives a layer's activation. Runs inside a `tf.tidy`. */
  value(read: (layer: string) => tf.Tensor): tf.Tensor;
}

/**
 * Sum of the logits of a class over the batch, so that each picture's gradient is its own.
 * `classes` may give every picture its own class.
 */
export function logit(classes: number | readonly number[]): Objective {
  return {
    layers: [LOGITS],
    value(read) {
      const logits = read(LOGITS);
      const [batch, count] = logits.shape;
      const wanted = typeof classes === "number" ? new Array(batch).fill(classes) : [...classes];
      return tf.sum(tf.mul(logits, tf.oneHot(tf.tensor1d(wanted, "int32"), count)));
    },
  };
}

/** One channel of a layer, `[batch, height, width]`, or one feature of it, `[batch]`. */
export function channelOf(activation: tf.Tensor, channel: number): tf.Tensor {
  const begin = [...new Array(activation.rank - 1).fill(0), channel];
  const size = [...activation.shape.slice(0, -1), 1];
  return tf.squeeze(tf.slice(activation, begin, size), [-1]);
}

/** Mean activation of a layer's channel. */
export function channelMean(layer: string, channel: number): Objective {
  return { layers: [layer], value: (read) => tf.mean(channelOf(read(layer), channel)) };
}

/** An objective times a number. */
export function scaled(objective: Objective, by: number): Objective {
  return { layers: objective.layers, value: (read) => tf.mul(objective.value(read), by) };
}

/** The sum of objectives. */
export function sumOf(...objectives: readonly Objective[]): Objective {
  return {
    layers: [...new Set(objectives.flatMap((o) => o.layers))],
    value: (read) => objectives.map((o) => o.value(read)).reduce((a, b) => tf.add(a, b)),
  };
}
