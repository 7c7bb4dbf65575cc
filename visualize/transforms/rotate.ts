import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** Where the pixels of an image come from: four neighbours of each, and their shares. */
interface Grid {
  /** `[4·pixels]`, row after row. */
  readonly indices: Int32Array;
  /** `[4·pixels]`; nothing is outside. */
  readonly shares: Float32Array;
}

/** Anticlockwise about the middle, `((width − 1) / 2, (height − 1) / 2)`. */
function rotation(height: number, width: number, degrees: number): Grid {
  const pixels = height * width, indices = new Int32Array(4 * pixels);
  const shares = new Float32Array(4 * pixels), angle = degrees * Math.PI / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)],
    [my, mx] = [(height - 1) / 2, (width - 1) / 2];
  for (let i = 0; i < pixels; i++) {
    const dy = Math.floor(i / width) - my, dx = i % width - mx;
    const y = my + sin * dx + cos * dy, x = mx + cos * dx - sin * dy;
    const [top, left] = [Math.floor(y), Math.floor(x)], [low, right] = [y - top, x - left];
    for (let corner = 0; corner < 4; corner++) {
      const [down, along] = [corner >> 1, corner & 1];
      const [row, column] = [top + down, left + along], at = corner * pixels + i;
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      indices[at] = row * width + column;
      shares[at] = (down ? low : 1 - low) * (along ? right : 1 - right);
    }
  }
  return { indices, shares };
}

/** Each pixel as the sum of four others; back, each of these gets its share. */
function resampled(image: tf.Tensor4D, { indices, shares }: Grid): tf.Tensor4D {
  const [batch, height, width, channels] = image.shape, pixels = height * width;
  const weights = () => tf.tensor3d(shares, [1, 4 * pixels, 1]);
  return tf.customGrad((x) => ({
    value: tf.tidy(() => {
      const flat = tf.reshape(x as tf.Tensor, [batch, pixels, channels]);
      const corners = tf.mul(tf.gather(flat, tf.tensor1d(indices, "int32"), 1), weights());
      const sum = tf.sum(tf.reshape(corners, [batch, 4, pixels, channels]), 1);
      return tf.reshape(sum, image.shape);
    }),
    gradFunc: (dy) =>
      tf.tidy(() => {
        const each = tf.reshape(dy as tf.Tensor, [batch, 1, pixels, channels]);
        const corners = tf.mul(
          tf.reshape(tf.tile(each, [1, 4, 1, 1]), [batch, 4 * pixels, channels]),
          weights(),
        );
        // the images of a batch beside each other: a pixel of all goes to one place
        const rows = tf.reshape(tf.transpose(corners, [1, 0, 2]), [4 * pixels, batch * channels]);
        const to = tf.tensor2d(indices, [4 * pixels, 1], "int32");
        const sum = tf.scatterND(to, rows, [pixels, batch * channels]);
        return tf.reshape(
          tf.transpose(tf.reshape(sum, [pixels, batch, channels]), [1, 0, 2]),
          image.shape,
        );
      }),
  }))(image) as tf.Tensor4D;
}

/** An image turned anticlockwise about its middle, bilinear; what comes from outside is 0. */
export const rotated = (image: tf.Tensor4D, degrees: number): tf.Tensor4D =>
  resampled(image, rotation(image.shape[1], image.shape[2], degrees));

/** The image turned. */
export const rotate: Transform<{ degrees: number; still: number }> = defineTransform({
  id: "rotate",
  summary: "Turned about its middle by up to so many whole degrees, in either direction",
  options: z.object({
    degrees: z.int().min(0).max(180).describe("Largest angle"),
    still: z.int().min(0).max(1000).default(0).describe("How much more often than others it is 0"),
  }),
  apply(image, { degrees, still }, random) {
    const by = random.integer(-degrees, degrees + still);
    return by === 0 || by > degrees ? image : rotated(image, by);
  },
});
