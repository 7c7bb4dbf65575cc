/** Gradients of what mixes the slices along an axis: products with the mixing matrix. */
import * as tf from "../../deps/tfjs.ts";
import { product } from "../_product.ts";

const { sizeFromShape } = tf.util;

/** `[…, k]` places of `count` → `[…, k, count]`: 1 at the place, 0 elsewhere. */
export function oneHot(places: tf.Tensor, count: number): tf.Tensor {
  // TensorFlow.js's kernel wants two places or more
  const found = count === 1
    ? tf.expandDims(tf.cast(tf.equal(places, 0), "int32"), -1)
    : tf.oneHot(tf.cast(places, "int32"), count);
  // a product, as WebAssembly's kernel makes whole numbers only, and WebGPU's cast leaves them whole
  return tf.mul(found, 1);
}

/**
 * Where y = mix · x along an axis, with `mix` `[batch, k, count]`: mixᵀ · dy, `[batch, before, k,
 * after]` → `[batch, before, count, after]`. Every backend has such products, and sums them in the
 * same order each time.
 */
export function backThrough(mix: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const [batch, before, k, after] = dy.shape;
  const rows = tf.reshape(tf.transpose(dy, [0, 2, 1, 3]), [batch, k, before * after]);
  const dx = product(mix, rows, true);
  return tf.transpose(tf.reshape(dx, [batch, -1, before, after]), [0, 2, 1, 3]);
}

/** The same for one axis of any tensor, with `mix` `[k, count]`. */
export function backAlong(axis: number, mix: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const before = dy.shape.slice(0, axis), after = dy.shape.slice(axis + 1);
  const rows = tf.reshape(dy, [1, sizeFromShape(before), dy.shape[axis], sizeFromShape(after)]);
  const dx = backThrough(tf.expandDims(mix, 0), rows);
  return tf.reshape(dx, [...before, mix.shape[1]!, ...after]);
}

/** The same where every slice is one of the input's, taken from a place. */
export const backFrom = (
  axis: number,
  places: readonly number[],
  count: number,
  dy: tf.Tensor,
): tf.Tensor => backAlong(axis, oneHot(tf.tensor1d([...places], "int32"), count), dy);
