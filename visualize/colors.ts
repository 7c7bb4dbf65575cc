/** Colours whose channels vary independently, as in natural pictures. */
import * as tf from "../deps/tfjs.ts";
import { constant } from "../engine/constant.ts";

/** Square root of the covariance of colours in natural pictures (ImageNet), from Lucid. */
const ROOT = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]];

/** Its columns' largest length. */
const LARGEST = Math.max(
  ...[0, 1, 2].map((column) => Math.hypot(...ROOT.map((row) => row[column]))),
);

/** Its transpose, so that no column is longer than 1. */
const ACROSS = Float32Array.from(
  [0, 1, 2].flatMap((column) => ROOT.map((row) => row[column] / LARGEST)),
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
    const pixels = tf.reshape(image, [-1, 3]);
    return tf.reshape(tf.matMul(pixels, constant(ACROSS, [3, 3])), image.shape);
  });
}

/** An image of any range as one of 0..1; colours are correlated first. */
export const valid = (image: tf.Tensor4D): tf.Tensor4D =>
  tf.sigmoid(image.shape[3] === 3 ? decorrelate(image) : image);
