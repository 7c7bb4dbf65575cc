/** One place of a layer's map. */
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";

/**
 * A place of an activation `[batch, height, width, channels]` as `[batch, channels]`; rows count from
 * the top. Without a row or a column it is the middle one, `height >> 1`, `width >> 1`. What has no
 * places is left as it is.
 */
export function placeOf(activation: tf.Tensor, row?: number, column?: number): tf.Tensor {
  if (activation.rank === 2) return activation;
  const [batch, height, width, channels] = activation.shape;
  const y = row ?? height >> 1, x = column ?? width >> 1;
  if (y >= height || x >= width) {
    throw new UserError(
      `There is no row ${y}, column ${x}: the layer's map has ${height} rows and ${width} columns.`,
      { code: "bad-option", option: "objective" },
    );
  }
  return tf.reshape(tf.slice(activation, [0, y, x, 0], [batch, 1, 1, channels]), [batch, channels]);
}
