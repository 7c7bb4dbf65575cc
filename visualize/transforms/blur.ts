import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** Shares of a pixel's neighbours along a line, to three deviations. */
function bell(deviation: number): number[] {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const heights = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = heights.reduce((a, b) => a + b);
  return heights.map((height) => height / sum);
}

/** The image out of focus. */
export const blur: Transform<{ deviation: number }> = defineTransform({
  id: "blur",
  summary: "A Gaussian blur; at the edge, of what there is",
  options: z.object({
    deviation: z.number().positive().max(64).describe("Standard deviation in pixels"),
  }),
  apply(image, { deviation }) {
    const channels = image.shape[3], line = bell(deviation), count = line.length;
    const along = (x: tf.Tensor4D, size: [number, number]) => {
      const numbers = line.flatMap((share) => new Array(channels).fill(share));
      return tf.depthwiseConv2d(x, tf.tensor4d(numbers, [...size, channels, 1]), 1, "same");
    };
    const both = (x: tf.Tensor4D) => along(along(x, [count, 1]), [1, count]);
    return tf.div(both(image), both(tf.onesLike(image)));
  },
});
