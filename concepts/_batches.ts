/** Pictures one batch after another, as a network sees them: no more of them are held than one takes. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { loadImage, type Picture, type SourcePicture } from "../image/mod.ts";
import { checkPicture } from "../run/given.ts";
import type { Model } from "../run/model.ts";
import { show } from "../run/predict.ts";
import { batches, batchSize } from "../run/batches.ts";
import type { ConceptRequest, PictureSource } from "./data.ts";

/** What is done with a batch. */
export interface Shown {
  /** `[pictures, height, width, channels]` in the network's space. */
  readonly images: tf.Tensor4D;
  /** Of each picture what tells it from others: its file's hash, where it has a file. */
  readonly names: readonly (string | undefined)[];
}

async function read(source: PictureSource): Promise<Picture> {
  if (typeof source === "string" || source instanceof URL) return await loadImage(source);
  checkPicture(source);
  return source;
}

/**
 * Shows pictures to `look`, a batch at a time and in the backend's turn, and yields what it made of each
 * and how many pictures are done. Those that cannot be read are left out, where the request says what
 * becomes of them.
 *
 * @param gradient Whether `look` goes back through the network.
 */
export async function* showAll<T>(
  { model, signal, onUnreadable }: Pick<ConceptRequest, "model" | "signal" | "onUnreadable">,
  sources: readonly PictureSource[],
  gradient: boolean,
  look: (shown: Shown) => Promise<T>,
): AsyncGenerator<{ readonly done: number; readonly looked: readonly T[] }> {
  const backend = await useBackend(), { height, width } = model.inputSize;
  for (const [from, to] of batches(sources.length, batchSize(model, height, width, { gradient }))) {
    signal?.throwIfAborted();
    const pictures: Picture[] = [];
    for (const source of sources.slice(from, to)) {
      try {
        pictures.push(await read(source));
      } catch (error) {
        if (!(error instanceof UserError) || !onUnreadable) throw error;
        onUnreadable(error);
      }
    }
    const work = () => inGroups(model, pictures, look);
    yield { done: to, looked: await runtime.inTurn(work, { backend, signal }) };
  }
}

/** Shows pictures in groups that the network sees in one size, in their order. */
async function inGroups<T>(
  model: Model,
  pictures: readonly Picture[],
  look: (shown: Shown) => Promise<T>,
): Promise<T[]> {
  const looked: T[] = [];
  let group: tf.Tensor4D[] = [], names: (string | undefined)[] = [];
  const flush = async () => {
    if (group.length === 0) return;
    const images = group.length === 1 ? group[0] : tf.concat(group);
    looked.push(await look({ images, names }));
    tf.dispose([images, ...group]);
    [group, names] = [[], []];
  };
  for (const picture of pictures) {
    const { input } = show(picture, model);
    if (group.length && `${group[0].shape}` !== `${input.shape}`) await flush();
    group.push(input);
    names.push((picture as Partial<SourcePicture>).sha256);
  }
  await flush();
  return looked;
}
