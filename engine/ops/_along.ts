/** Matrices along the height and the width of pictures. */
import * as tf from "../../deps/tfjs.ts";

/** Applies a matrix along height and another along width of `[b, h, w, c]`. */
export function alongBoth(x: tf.Tensor, rows: tf.Tensor2D, columns: tf.Tensor2D): tf.Tensor {
  const [b, , w, c] = x.shape, h = rows.shape[0];
  const high = tf.stack(
    tf.unstack(tf.reshape(x, [b, -1, w * c])).map((picture) =>
      tf.matMul(rows, picture as tf.Tensor2D)
    ),
  );
  const lines = tf.transpose(tf.reshape(high, [b * h, w, c]), [1, 0, 2]);
  const wide = tf.matMul(columns, tf.reshape(lines, [w, -1]) as tf.Tensor2D);
  const out = columns.shape[0];
  return tf.reshape(tf.transpose(tf.reshape(wide, [out, b * h, c]), [1, 0, 2]), [b, h, out, c]);
}
