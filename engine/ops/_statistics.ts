/** Norms by an input's own mean and variance. */
import * as tf from "../../deps/tfjs.ts";

interface Normalized {
  /** (x − mean) / √(variance + ε) */
  readonly y: tf.Tensor;
  /** 1 / √(variance + ε) */
  readonly rate: tf.Tensor;
}

/** Normalizes over `axes`. */
export function normalized(x: tf.Tensor, axes: number[], epsilon: number): Normalized {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const rate = tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), epsilon));
  return { y: tf.mul(centred, rate), rate };
}

/** Its gradient: `rate·(dy − mean(dy) − y·mean(dy·y))`. */
export function normalizedBack(
  dy: tf.Tensor,
  x: tf.Tensor,
  axes: number[],
  epsilon: number,
): tf.Tensor {
  const { y, rate } = normalized(x, axes, epsilon);
  const along = tf.mul(y, tf.mean(tf.mul(dy, y), axes, true));
  return tf.mul(rate, tf.sub(tf.sub(dy, tf.mean(dy, axes, true)), along));
}
