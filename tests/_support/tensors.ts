/** Comparing numbers, and moving them between layouts. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { type Values, values } from "../../core/values.ts";

/** ‖ours − reference‖ / ‖reference‖. */
export function relativeError(ours: ArrayLike<number>, reference: ArrayLike<number>): number {
  assert.equal(ours.length, reference.length);
  let difference = 0, size = 0;
  for (let i = 0; i < reference.length; i++) {
    difference += (ours[i] - reference[i]) ** 2;
    size += reference[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

/** Fails where `ours` is further from `reference` than `tolerance`, telling how far. */
export function near(
  ours: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const error = relativeError(ours, reference);
  assert.ok(error <= tolerance, `${what}: relative error ${error.toExponential(2)} > ${tolerance}`);
}

/** Fails where any number is further than `tolerance`, relative to its own size. */
export function eachNear(
  ours: readonly number[],
  reference: readonly number[],
  tolerance: number,
  what: string,
): void {
  assert.equal(ours.length, reference.length, what);
  reference.forEach((expected, i) => {
    const error = Math.abs(ours[i] - expected) / Math.max(Math.abs(expected), 1e-3);
    assert.ok(error <= tolerance, `${what}[${i}]: ${ours[i]}, expected ${expected}`);
  });
}

/** `[1, channels, height, width]` → `[height, width, channels]`; other shapes lose the batch only. */
export function channelsLast(tensor: Values): Values {
  const [, ...shape] = tensor.shape;
  if (shape.length !== 3) return values(tensor.slice(), shape);
  const [c, h, w] = shape, turned = new Float32Array(tensor.length);
  for (let channel = 0; channel < c; channel++) {
    for (let at = 0; at < h * w; at++) turned[at * c + channel] = tensor[channel * h * w + at];
  }
  return values(turned, [h, w, c]);
}

/** `[height, width, 3]` values as a batch of one picture. */
export const asBatch = (image: Values): tf.Tensor4D =>
  tf.tensor4d(image, [1, ...image.shape] as [number, number, number, number]);

/** A tensor's numbers; disposes of it. */
export async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const data = await tensor.data() as Float32Array;
  tensor.dispose();
  return data;
}
