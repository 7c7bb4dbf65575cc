/** Numbers that stay the same in a run. */
import * as tf from "../deps/tfjs.ts";
import { once } from "./_scopes.ts";

/**
 * A tensor of numbers that stay the same: in a run they are brought to the backend once, and not again
 * at each step. It belongs to the run, or to the `tf.tidy` around it: leave it be.
 *
 * @param numbers The same object each time.
 */
export const constant = (numbers: Float32Array, shape: readonly number[]): tf.Tensor =>
  once(numbers, () => tf.tensor(numbers, [...shape]));
