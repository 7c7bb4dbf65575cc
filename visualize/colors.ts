/** Colours whose channels vary independently, as in natural pictures. */
import * as tf from "../deps/tfjs.ts";

/** Square root of the covariance of colours in natural pictures (ImageNet), from Lucid. */
const ROOT = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]];

/** Its columns' largest length. */
const LARGEST = Math.max(
  ...[0, 1, 2].map((column) => Math.hypot(...ROOT.map((row) => row[column]))),
);

/**
 * Turns independent channels into red, green and blue that vary together as in natural pictures:
 * each pixel times the square root of the colours' covariance (Olah, Mordvintsev, Schubert 2017).
 *
 * @param image `[batch, height, width, 3]`, any range.
 * @returns The same shape; a sigmoid makes it 0..1.
 * @example
 * ```ts
 * const colors = tf.sigmoid(decorrelate(tf.randomNormal([1, 8, 8, 3])));
 * colors.shape; // [1, 8, 8, 3]
 * ```
 */
export function decorrelate(image: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const across = [0, 1, 2].map((column) => ROOT.map((row) => row[column] / LARGEST));
    const pixels = tf.reshape(image, [-1, 3]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(pixels, tf.tensor2d(across)), image.shape);
  });
}

/** An image of any range as one of 0..1; colours are correlated first. */
export const valid = (image: tf.Tensor4D): tf.Tensor4D =>
  tf.sigmoid(image.shape[3] === 3 ? decorrelate(image) : image);
