import * as tf from "../deps/tfjs.ts";

const turned = (x: tf.Tensor, turn: boolean): tf.Tensor => {
  if (!turn) return x;
  const order = [...x.shape.keys()];
  return tf.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

/**
 * The product of matrices, each perhaps turned over first. TensorFlow.js has flags for that too; on
 * wasm they lead to a kernel that is fifteen times slower.
 */
export const product = (a: tf.Tensor, b: tf.Tensor, turnA = false, turnB = false): tf.Tensor =>
  tf.matMul(turned(a, turnA), turned(b, turnB));
