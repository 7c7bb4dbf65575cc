/** Asking the network whether a place gives a class away: by covering it, and by showing it elsewhere. */
import * as tf from "../deps/tfjs.ts";
import { shareOf } from "../core/bootstrap.ts";
import type { Random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { runtime, useBackend } from "../engine/runtime.ts";
import { GRID } from "../jobs/kinds/assess.ts";
import { scoreBatches } from "../run/batches.ts";
import type { Model } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import { rankClasses } from "../run/predict.ts";
import type { Place, Shortcut, Suspicion, Trial } from "./data.ts";

/** A picture in the network's space, and its best answer. */
export interface Shown {
  readonly input: Values;
  readonly answer: string;
}

/** Pixels of a place: rows and columns, ends not in it. */
function boxOf({ rows, columns }: Omit<Place, "name">, [height, width]: readonly number[]) {
  const at = (edge: number, size: number) => Math.round(edge * size / GRID);
  return {
    rows: [at(rows[0], height), at(rows[1], height)] as const,
    columns: [at(columns[0], width), at(columns[1], width)] as const,
  };
}

/** A picture with a place of another one. */
export function withPlace(picture: Values, other: Values, place: Omit<Place, "name">): Values {
  const [height, width, channels] = picture.shape, made = picture.slice();
  const { rows, columns } = boxOf(place, [height, width]);
  for (let row = rows[0]; row < rows[1]; row++) {
    const from = (row * width + columns[0]) * channels, to = (row * width + columns[1]) * channels;
    made.set(other.subarray(from, to), from);
  }
  return values(made, picture.shape);
}

/** A place of the same size in the corner opposite. */
const opposite = ({ rows, columns }: Place): Omit<Place, "name"> => ({
  rows: [GRID - rows[1], GRID - rows[0]],
  columns: [GRID - columns[1], GRID - columns[0]],
});

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

/** The mean of pictures, number by number. */
function meanPicture(pictures: readonly Values[]): Values {
  const sum = new Float64Array(pictures[0].length);
  for (const picture of pictures) picture.forEach((v, i) => sum[i] += v);
  return values(Float32Array.from(sum, (v) => v / pictures.length), pictures[0].shape);
}

/** How many pictures are changed at most for each trial. */
export const MOST_TRIED = 200;

/**
 * Tries a suspicion: the place is covered by the mean of the other pictures' same place in pictures of the
 * class, and put from these onto pictures of other classes; the opposite corner is the control.
 */
export async function tried(
  model: Model,
  suspicion: Suspicion,
  pictures: readonly Shown[],
  { random, signal }: { readonly random: Random; readonly signal: AbortSignal },
): Promise<Shortcut> {
  const { place, class: label } = suspicion, control = opposite(place);
  const own = pictures.filter(({ answer }) => answer === label).slice(0, MOST_TRIED);
  const others = pictures.filter(({ answer }) => answer !== label).slice(0, MOST_TRIED);
  const mean = meanPicture(others.map(({ input }) => input));
  const stream = random.fork(label);
  const trial = async (
    changed: readonly Values[],
    controls: readonly Values[],
    counts: (answer: string) => boolean,
  ): Promise<Trial> => {
    const share = async (pictures: readonly Values[]) => {
      const answers = await answersTo(model, pictures, signal);
      return shareOf(answers.filter(counts).length, answers.length);
    };
    return { count: changed.length, share: await share(changed), control: await share(controls) };
  };
  const cover = (at: Omit<Place, "name">) => own.map(({ input }) => withPlace(input, mean, at));
  const donor = others.map(() => own[stream.integer(0, own.length - 1)].input);
  const paste = (at: Omit<Place, "name">) =>
    others.map(({ input }, i) => withPlace(input, donor[i], at));
  const covered = await trial(cover(place), cover(control), (answer) => answer !== label);
  const pasted = await trial(paste(place), paste(control), (answer) => answer === label);
  const beyond = ({ share, control }: Trial) => share.low > Math.max(control.high, LEAST);
  return { ...suspicion, covered, pasted, proven: beyond(covered) || beyond(pasted) };
}

/** Fewer changed answers are no shortcut worth the name. */
const LEAST = 0.15;
