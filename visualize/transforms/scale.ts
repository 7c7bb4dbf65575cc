import type * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { resampled } from "../_resample.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** Lucid's scales are as far apart. */
const STEP = 0.02;

/** An image `⌈s·height⌉` by `⌈s·width⌉`, bilinear, its corners where they were, as in Lucent. */
export function scaled(image: tf.Tensor4D, by: number): tf.Tensor4D {
  const [, height, width] = image.shape;
  const [rows, columns] = [height, width].map((n) => Math.max(1, Math.ceil(by * n - 1e-6)));
  const step = (from: number, to: number) => to > 1 ? (from - 1) / (to - 1) : 0;
  const [down, along] = [step(height, rows), step(width, columns)];
  return resampled(image, [rows, columns], (row, column) => [row * down, column * along]);
}

/** The image larger or smaller. */
export const scale: Transform<{ least: number; most: number }> = defineTransform({
  id: "scale",
  summary: "Larger or smaller, by a random factor in steps of 0.02",
  options: z.object({
    least: z.number().min(0.1).max(10).describe("Smallest factor"),
    most: z.number().min(0.1).max(10).describe("Largest factor"),
  }).refine(({ least, most }) => least <= most, "the smallest factor comes first"),
  apply(image, { least, most }, random) {
    const steps = Math.floor((most - least) / STEP + 1e-9);
    const by = least + STEP * random.integer(0, Math.max(0, steps));
    return Math.abs(by - 1) < 1e-9 ? image : scaled(image, by);
  },
});
