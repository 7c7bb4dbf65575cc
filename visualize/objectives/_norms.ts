/** Lengths that can be differentiated at zero, too. */
import * as tf from "../../deps/tfjs.ts";

/** Euclidean length along the last axis, kept; its gradient is zero where it is. */
export const lengthOf = (x: tf.Tensor): tf.Tensor =>
  tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-24));
