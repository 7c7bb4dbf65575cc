import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** Lucid's scales are as far apart. */
const STEP = 0.02;

/** An image `⌈s·height⌉` by `⌈s·width⌉`, bilinear, its corners where they were, as in Lucent. */
export function scaled(image: tf.Tensor4D, by: number): tf.Tensor4D {
  const [height, width] = [1, 2].map((axis) =>
    Math.max(1, Math.ceil(by * image.shape[axis] - 1e-6))
  );
  return tf.image.resizeBilinear(image, [height, width], true);
}

/** The image larger or smaller. */
export const scale: Transform<{ least: number; most: number }> = defineTransform({
  id: "scale",
  summary: "Larger or smaller, by a random factor in steps of 0.02",
  options: z.object({
    least: z.number().min(0.1).max(10).describe("Smallest factor"),
    most: z.number().min(0.1).max(10).describe("Largest factor"),
  }),
  apply(image, { least, most }, random) {
    const steps = Math.floor((most - least) / STEP + 1e-9);
    const by = least + STEP * random.integer(0, Math.max(0, steps));
    return Math.abs(by - 1) < 1e-9 ? image : scaled(image, by);
  },
});
