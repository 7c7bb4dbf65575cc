import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { byRows } from "../_rows.ts";
import { defineTransform, type Transform } from "../../run/transform.ts";

const border = (pixels: number): [number, number][] => [
  [0, 0],
  [pixels, pixels],
  [pixels, pixels],
  [0, 0],
];

/** Reflected, again and again where the border is wider than the image. */
function reflected(image: tf.Tensor4D, pixels: number): tf.Tensor4D {
  const most = Math.min(image.shape[1], image.shape[2]) - 1;
  if (pixels === 0 || most === 0) return image;
  const now = Math.min(pixels, most);
  return reflected(tf.mirrorPad(image, border(now), "reflect"), pixels - now);
}

/** In a frame of one value. */
function framed(image: tf.Tensor4D, pixels: number, value: number): tf.Tensor4D {
  const beside = pixels * image.shape[3];
  const frame: [number, number][] = [[0, 0], [pixels, pixels], [beside, beside]];
  return byRows(image, (rows) => tf.pad(rows, frame, value));
}

/** A border around the image, so that its edge is seen with something beyond it. */
export const pad: Transform<{ pixels: number; value: number | "reflect" }> = defineTransform({
  id: "pad",
  summary: "A border of grey, of a value from 0 to 1, or of the image reflected without its edge",
  options: z.object({
    pixels: z.int().min(0).max(4096).describe("Its width"),
    value: z.union([z.number().min(0).max(1), z.literal("reflect")]).default(0.5)
      .describe("Its value, or reflect"),
  }),
  apply(image, { pixels, value }) {
    if (pixels === 0) return image;
    return value === "reflect" ? reflected(image, pixels) : framed(image, pixels, value);
  },
});
