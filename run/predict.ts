/** What a model says of a picture. */
import * as tf from "../deps/tfjs.ts";
import { type Values, values } from "../core/values.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import type { Picture } from "../image/mod.ts";
import type { Size } from "../image/preprocess.ts";
import { checkModel, checkPicture } from "./given.ts";
import type { Model } from "./model.ts";
import { preparedFor } from "./prepared.ts";
import { classScores, type Outputs, outputsOf, probabilities, refuseMap } from "./outputs.ts";
import type { Prediction } from "./technique.ts";

/** Classes by score, best first, from the numbers of one place. */
export function rankClasses(outputs: Outputs, numbers: ArrayLike<number>): Prediction[] {
  const scores = classScores(outputs, numbers), shares = probabilities(outputs, numbers);
  return scores
    .map((logit, index) => ({
      index,
      label: outputs.classes[index],
      logit,
      ...(shares && { probability: shares[index] }),
    }))
    .sort((a, b) => b.logit - a.logit);
}

/** A picture as `[1, height, width, channels]` in the model's normalized space, and as the network sees it. */
export function show(picture: Picture, model: Model): { input: tf.Tensor4D; picture: Picture } {
  const { input, picture: seen } = preparedFor(picture, model);
  const [height, width, channels] = input.shape;
  return { input: tf.tensor4d(input, [1, height, width, channels]), picture: seen };
}

/** The outputs `[batch, …]` for pictures that are in the network's space already. */
export async function outputsFor(
  model: Model,
  input: tf.Tensor4D,
  signal?: AbortSignal,
): Promise<Values> {
  const outputs = await model.network.logits(input, signal);
  const data = values(await outputs.data() as Float32Array, outputs.shape);
  outputs.dispose();
  return data;
}

/**
 * What a model says of a picture: all classes, best first.
 *
 * @throws UserError for a network that gives scores for every place.
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
  checkModel(model);
  checkPicture(picture);
  const { signal } = options, backend = await useBackend();
  const look = async () => {
    const { input, picture: seen } = show(picture, model);
    const outputs = classifierOutputs(model, seen);
    return rankClasses(outputs, await outputsFor(model, input, signal));
  };
  return await runtime.inTurn(look, { backend, signal });
}

/** @throws UserError for a network that gives scores for every place. */
function classifierOutputs(model: Model, size: Size): Outputs {
  const outputs = outputsOf(model, size);
  refuseMap(outputs, model.id, "list classes");
  return outputs;
}
