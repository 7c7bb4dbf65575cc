import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** Columns from right to left. */
const mirrored = (image: tf.Tensor4D): tf.Tensor4D => tf.reverse(image, 2);

/** The image as a mirror shows it. */
export const flip: Transform<Record<never, never>> = defineTransform({
  id: "flip",
  summary: "Left and right exchanged, every other time",
  options: z.object({}),
  apply: (image, _options, random) => random.next() < 0.5 ? mirrored(image) : image,
});
