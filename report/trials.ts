/** Asking the network whether a place gives a class away: by covering it, and by showing it elsewhere. */
import * as tf from "../deps/tfjs.ts";
import { shareOf } from "../core/bootstrap.ts";
import type { Random } from "../core/random.ts";
import type { Values } from "../core/values.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { scoreBatches } from "../run/batches.ts";
import type { Model } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import { rankClasses } from "../run/predict.ts";
import { filledFromAround, meanPicture, opposite, type Part, withPlace } from "./covers.ts";
import type { Shortcut, Suspicion, Trial } from "./data.ts";
import { isProven } from "./proof.ts";

/** A picture in the network's space, and its best answer. */
export interface Shown {
  readonly input: Values;
  readonly answer: string;
}

/** The best answers to pictures of one size. */
async function answersTo(
  model: Model,
  pictures: readonly Values[],
  signal: AbortSignal,
): Promise<string[]> {
  const [height, width, channels] = pictures[0].shape,
    outputs = outputsOf(model, { height, width });
  const backend = await useBackend(), answers: string[] = [];
  const variants = (from: number, to: number) =>
    tf.stack(
      pictures.slice(from, to).map((picture) => tf.tensor3d(picture, [height, width, channels])),
    ) as tf.Tensor4D;
  await runtime.inTurn(async () => {
    const asked = scoreBatches(model, [height, width], pictures.length, variants, signal);
    for await (const { logits, from, to } of asked) {
      const size = logits.length / (to - from);
      for (let i = 0; i < to - from; i++) {
        answers.push(rankClasses(outputs, logits.subarray(i * size, (i + 1) * size))[0].label);
      }
    }
  }, { backend, signal });
  return answers;
}

/** How many pictures are changed at most for each trial. */
export const MOST_TRIED = 200;

/**
 * Tries a suspicion: the place is covered, in two ways, in pictures of the class, and put from these onto
 * pictures of other classes; the opposite corner is the control.
 */
export async function tried(
  model: Model,
  suspicion: Suspicion,
  pictures: readonly Shown[],
  { random, signal }: { readonly random: Random; readonly signal: AbortSignal },
): Promise<Shortcut> {
  const { place, class: label } = suspicion, stream = random.fork(label);
  const own = pictures.filter(({ answer }) => answer === label).slice(0, MOST_TRIED);
  const others = pictures.filter(({ answer }) => answer !== label).slice(0, MOST_TRIED);
  const trial = async (
    changed: (at: Part) => readonly Values[],
    counts: (answer: string) => boolean,
  ): Promise<Trial> => {
    const share = async (pictures: readonly Values[]) => {
      const answers = await answersTo(model, pictures, signal);
      return shareOf(answers.filter(counts).length, answers.length);
    };
    const suspected = changed(place), control = changed(opposite(place));
    return {
      count: suspected.length,
      share: await share(suspected),
      control: await share(control),
    };
  };
  const mean = meanPicture(others.map(({ input }) => input));
  const covered = (cover: (input: Values, at: Part) => Values) =>
    trial((at) => own.map(({ input }) => cover(input, at)), (answer) => answer !== label);
  const donor = others.map(() => own[stream.integer(0, own.length - 1)].input);
  const trials = {
    covered: {
      mean: await covered((input, at) => withPlace(input, mean, at)),
      around: await covered(filledFromAround),
    },
    pasted: await trial(
      (at) => others.map(({ input }, i) => withPlace(input, donor[i], at)),
      (answer) => answer === label,
    ),
  };
  return { ...suspicion, ...trials, proven: isProven(trials) };
}
