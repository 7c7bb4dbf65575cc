import type * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { resampled } from "../_resample.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

/** An image turned anticlockwise about its middle, bilinear; what comes from outside is 0. */
export function rotated(image: tf.Tensor4D, degrees: number): tf.Tensor4D {
  const [, height, width] = image.shape, angle = degrees * Math.PI / 180;
  const [my, mx] = [(height - 1) / 2, (width - 1) / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return resampled(image, [height, width], (row, column) => {
    const dy = row - my, dx = column - mx;
    return [my + sin * dx + cos * dy, mx + cos * dx - sin * dy];
  });
}

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
