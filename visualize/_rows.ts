import * as tf from "../deps/tfjs.ts";

/**
 * Changes images `[batch, height, width, channels]` as rows `[batch, height, width · channels]`: what
 * moves whole pixels is faster a row at a time.
 */
export function byRows(image: tf.Tensor4D, change: (rows: tf.Tensor) => tf.Tensor): tf.Tensor4D {
  const [batch, height, width, channels] = image.shape;
  const changed = change(tf.reshape(image, [batch, height, width * channels]));
  const [, rows, numbers] = changed.shape;
  return tf.reshape(changed, [batch, rows, numbers / channels, channels]);
}
