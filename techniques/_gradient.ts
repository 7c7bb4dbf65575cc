/** Gradients of a target's score at the image, many images at a time. */
import * as tf from "../deps/tfjs.ts";
import type { Network } from "../engine/network.ts";
import type { GradientMethod, Target } from "../run/technique.ts";

/**
 * Each image's own gradient of the target's score, `[batch, height, width, channels]`; the tensor belongs to
 * the caller.
 */
export async function imageGradients(
  network: Network,
  images: tf.Tensor4D,
  { objective }: Pick<Target, "objective">,
  { rules, timesInput }: GradientMethod,
  signal?: AbortSignal,
): Promise<tf.Tensor4D> {
  const pass = await network.gradient(images, objective, { rules: rules?.(), signal });
  const gradient = pass.gradients.input as tf.Tensor4D;
  tf.dispose([pass.value, pass.taps]);
  if (!timesInput) return gradient;
  const product = tf.mul(gradient, images);
  gradient.dispose();
  return product as tf.Tensor4D;
}
