/** Ways to look at an image for what shall change it, one around the other. */
import * as tf from "../deps/tfjs.ts";
import type { Random } from "../core/random.ts";
import type { Network } from "../engine/network.ts";
import type { Objective } from "../engine/objectives.ts";
import { byRows } from "./_rows.ts";

/** What was seen; the tensors belong to the caller. */
export interface Seen {
  readonly value: tf.Scalar;
  /** ∂value/∂image, shaped as the image. */
  readonly gradient: tf.Tensor4D;
}

/** Looks at an image `[1, height, width, channels]` in the network's normalized space. */
export type Look = (image: tf.Tensor4D) => Promise<Seen>;

/** The whole image at once. */
export const whole =
  (network: Network, objective: Objective, signal?: AbortSignal): Look => async (image) => {
    const { value, gradients, taps } = await network.gradient(image, objective, { signal });
    tf.dispose(taps);
    return { value, gradient: gradients.input as tf.Tensor4D };
  };

/** An image moved down and to the right; what leaves it comes in on the other side. */
export function rolled(image: tf.Tensor4D, down: number, right: number): tf.Tensor4D {
  const turned = (x: tf.Tensor, by: number, axis: number) => {
    const length = x.shape[axis], from = ((-by % length) + length) % length;
    return from === 0 ? x : tf.concat(tf.split(x, [from, length - from], axis).toReversed(), axis);
  };
  return tf.tidy(() =>
    byRows(image, (rows) => turned(turned(rows, down, 1), right * image.shape[3], 2))
  );
}

/**
 * Looks each time from a little elsewhere, by up to so many pixels, so that what the network's grid adds
 * does not add up (google/deepdream).
 */
export const jittered = (look: Look, pixels: number, random: Random): Look => async (image) => {
  const down = random.integer(-pixels, pixels), right = random.integer(-pixels, pixels);
  const moved = rolled(image, down, right);
  try {
    const { value, gradient } = await look(moved);
    const back = rolled(gradient, -down, -right);
    gradient.dispose();
    return { value, gradient: back };
  } finally {
    moved.dispose();
  }
};

/** With its gradient divided by its mean magnitude; one of zeros stays. */
export const evened = (look: Look): Look => async (image) => {
  const { value, gradient } = await look(image);
  const even = tf.tidy(() => tf.divNoNan(gradient, tf.mean(tf.abs(gradient)))) as tf.Tensor4D;
  gradient.dispose();
  return { value, gradient: even };
};
