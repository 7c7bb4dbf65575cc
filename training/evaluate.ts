/** How well a model tells the drawn classes apart, run by the project's own engine. */
import * as tf from "../deps/tfjs.ts";
import type { Model } from "../run/model.ts";
import { preprocess } from "../image/preprocess.ts";
import type { Score } from "./card.ts";
import { describe, type PictureSet } from "./pictures.ts";
import { CLASSES, draw } from "../world/scene.ts";

/**
 * Draws a set and lets the model name every picture. A backend must be in use.
 *
 * @param progress called with the number of pictures done
 *
 * @example
 * ```ts
 * await useBackend();
 * const set = { count: 200, seed: 2_000_000_000, difficulty: "normal" } as const;
 * const { accuracy } = await evaluate(model, set);
 * ```
 */
export async function evaluate(
  model: Pick<Model, "network" | "preprocess">,
  set: PictureSet,
  progress: (done: number) => void = () => {},
): Promise<Score> {
  const confusion = CLASSES.map(() => CLASSES.map(() => 0));
  let right = 0;
  for (let i = 0; i < set.count; i++) {
    const { picture } = draw(describe(set, i));
    const { input } = preprocess(picture, model.preprocess);
    const [height, width, channels] = input.shape;
    const image = tf.tensor4d(input, [1, height, width, channels]);
    const pass = await model.network.forward(image);
    const logits = await pass.value(model.network.graph.output).data();
    pass.dispose();
    image.dispose();
    const answer = logits.indexOf(Math.max(...logits)), truth = i % CLASSES.length;
    confusion[truth][answer]++;
    if (answer === truth) right++;
    progress(i + 1);
  }
  return { accuracy: right / set.count, confusion };
}
