/** What a model says of a picture. */
import * as tf from "@tensorflow/tfjs-core";
import { runtime, useBackend } from "../engine/runtime.ts";
import type { Picture } from "../image/mod.ts";
import { preprocess } from "../image/preprocess.ts";
import type { Model } from "./model.ts";
import type { Prediction } from "./technique.ts";

/** Classes by probability, best first. */
function rankClasses(logits: Float32Array, labels: readonly string[]): Prediction[] {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Array.from(logits, (l) => Math.exp(l - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights
    .map((w, index) => ({
      index,
      label: labels[index],
      logit: logits[index],
      probability: w / total,
    }))
    .sort((a, b) => b.logit - a.logit);
}

/** A picture as `[1, height, width, 3]` in the model's normalized space, and as the network sees it. */
export function show(picture: Picture, model: Model): { input: tf.Tensor4D; picture: Picture } {
  const { input, picture: seen } = preprocess(picture, model.preprocess);
  return { input: tf.tensor4d(input, [1, seen.height, seen.width, 3]), picture: seen };
}

/** All classes, best first, of a picture that is in the network's space already. */
export async function classify(
  model: Model,
  input: tf.Tensor4D,
  signal?: AbortSignal,
): Promise<Prediction[]> {
  const logits = await model.network.logits(input, signal);
  const ranked = rankClasses(await logits.data() as Float32Array, model.labels);
  logits.dispose();
  return ranked;
}

/**
 * What a model says of a picture: all classes, best first.
 *
 * @example
 * ```ts
 * const [best] = await predict(model, await loadImage("cat.jpg"));
 * ```
 */
export async function predict(
  model: Model,
  picture: Picture,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Prediction[]> {
  const { signal } = options, backend = await useBackend();
  const look = () => classify(model, show(picture, model).input, signal);
  return await runtime.inTurn(look, { backend, signal });
}
