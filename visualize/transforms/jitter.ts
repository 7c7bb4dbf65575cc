import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { byRows } from "../_rows.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** The part of an image that is so many pixels smaller, at a row and a column. */
export const crop = (image: tf.Tensor4D, by: number, row: number, column: number): tf.Tensor4D => {
  const [batch, height, width, channels] = image.shape;
  const size = [batch, height - by, (width - by) * channels];
  return byRows(image, (rows) => tf.slice(rows, [0, row, column * channels], size));
};

/** The image a few pixels further. */
export const jitter: Transform<{ pixels: number }> = defineTransform({
  id: "jitter",
  summary: "A crop that is so many pixels smaller, at a random place",
  options: z.object({ pixels: z.int().min(0).max(4096).describe("How much smaller") }),
  apply(image, { pixels }, random) {
    const by = Math.min(pixels, image.shape[1] - 1, image.shape[2] - 1);
    if (by === 0) return image;
    return crop(image, by, random.integer(0, by), random.integer(0, by));
  },
});
