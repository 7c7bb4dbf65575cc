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
import type { Cover, Shortcut, Suspicion, Trial } from "./data.ts";
import { examplesOf } from "./examples.ts";
import { isProven } from "./proof.ts";
import type { Answer, Changed, Shown } from "./tried.ts";

/** Who helps with the trials. */
export interface Tools {
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Keeps a picture of the network's space; its path. */
  readonly save: (input: Values) => Promise<string>;
}

/** Answers to so many pictures of one size, which are made as they are needed. */
async function answersTo(
  model: Model,
  label: string,
  count: number,
  made: (i: number) => Values,
  signal: AbortSignal,
): Promise<Answer[]> {
  const [height, width, channels] = made(0).shape, outputs = outputsOf(model, { height, width });
  const backend = await useBackend(), answers: Answer[] = [];
  const variants = (from: number, to: number) =>
    tf.stack(
      Array.from(
        { length: to - from },
        (_, i) => tf.tensor3d(made(from + i), [height, width, channels]),
      ),
    ) as tf.Tensor4D;
  await runtime.inTurn(async () => {
    for await (const part of scoreBatches(model, [height, width], count, variants, signal)) {
      const { logits, from, to } = part, size = logits.length / (to - from);
      for (let i = 0; i < to - from; i++) {
        const ranked = rankClasses(outputs, logits.subarray(i * size, (i + 1) * size));
        const own = ranked.find((answer) => answer.label === label)!;
        answers.push({ best: ranked[0], own: own.probability ?? own.logit });
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
  { random, signal, save }: Tools,
): Promise<Shortcut> {
  const { place, class: label } = suspicion, stream = random.fork(label);
  const own = pictures.filter(({ best }) => best.label === label).slice(0, MOST_TRIED);
  const others = pictures.filter(({ best }) => best.label !== label).slice(0, MOST_TRIED);
  const changed = async (count: number, made: Changed["made"]): Promise<Changed> => {
    const at = (part: Part) => answersTo(model, label, count, (i) => made(i, part), signal);
    return { made, answers: await at(place), controls: await at(opposite(place)) };
  };
  const mean = meanPicture(others.map(({ input }) => input));
  const covered: Record<Cover, Changed> = {
    mean: await changed(own.length, (i, at) => withPlace(own[i].input, mean, at)),
    around: await changed(own.length, (i, at) => filledFromAround(own[i].input, at)),
  };
  const donors = others.map(() => own[stream.integer(0, own.length - 1)]);
  const pasted = await changed(
    others.length,
    (i, at) => withPlace(others[i].input, donors[i].input, at),
  );
  const isOther = ({ best }: Answer) => best.label !== label;
  const trials = {
    covered: {
      mean: trialOf(covered.mean, isOther),
      around: trialOf(covered.around, isOther),
    },
    pasted: trialOf(pasted, (answer) => !isOther(answer)),
  };
  const examples = await examplesOf(place, { own, covered, others, donors, pasted }, save);
  return { ...suspicion, ...trials, proven: isProven(trials), examples };
}

/** In how many answers something follows from a change. */
function trialOf({ answers, controls }: Changed, follows: (answer: Answer) => boolean): Trial {
  const share = (all: readonly Answer[]) => shareOf(all.filter(follows).length, all.length);
  return { count: answers.length, share: share(answers), control: share(controls) };
}
