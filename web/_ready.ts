/** Models, pictures and activations that are ready for the next question. */
import type { Values } from "../core/values.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { decodeImage, type SourcePicture } from "../image/mod.ts";
import { loadModel } from "../models/mod.ts";
import { activationOf } from "../run/activation.ts";
import type { Model } from "../run/model.ts";
import { keepPrepared, preparedFor } from "../run/prepared.ts";
import { fitted } from "../run/preprocess.ts";
import type { Subject } from "./_explained.ts";
import { Held } from "./_held.ts";
import type { ModelChoice } from "./model_choice.ts";
import type { Upload } from "./uploads.ts";

const models = new Held<Model>(2, ({ network }) => network.dispose());
const activations = new Held<Values>(4);
const pictures = new Held<SourcePicture>(2);

/** Uses a model, loaded where it is not. */
export function withModel<R>(choice: ModelChoice, use: (model: Model) => Promise<R>): Promise<R> {
  const { id, ...options } = choice;
  const make = async () => fitted(await loadModel(id, options));
  return models.use(JSON.stringify(choice), make, use);
}

/** Reads a picture's file; a run of it keeps the file. */
async function sourceOf({ name, sha256, bytes }: Upload): Promise<SourcePicture> {
  return { ...await decodeImage(bytes, name), name, sha256, bytes };
}

/** A picture and a model, made ready for each other. */
export function withSubject<R>(
  subject: Subject,
  use: (picture: SourcePicture, model: Model) => Promise<R>,
): Promise<R> {
  return pictures.use(
    subject.picture.token,
    () => sourceOf(subject.picture),
    (picture) =>
      withModel(subject.model, (model) => {
        keepPrepared(picture, model);
        return use(picture, model);
      }),
  );
}

/** A layer's activation of a picture, kept for the questions about each of its channels. */
export function withActivation<R>(
  { subject, layer }: { readonly subject: Subject; readonly layer: string },
  signal: AbortSignal,
  use: (activation: Values) => Promise<R>,
): Promise<R> {
  const key = JSON.stringify([subject.picture.token, subject.model, layer]);
  const make = () =>
    withSubject(subject, async (picture, model) => {
      const { input } = preparedFor(picture, model), backend = await useBackend();
      // not stopped by who asked first: others may wait for the same
      return await runtime.inTurn(() => activationOf(model, input, layer), { backend });
    });
  return activations.use(key, make, (activation) => {
    signal.throwIfAborted();
    return use(activation);
  });
}
