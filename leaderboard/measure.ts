/** Measures techniques on pictures whose masks are known. */
import { metrics } from "../metrics/mod.ts";
import { baselines } from "../metrics/baselines.ts";
import { choiceOf, type Chosen, type KnownPicture } from "../jobs/kind.ts";
import {
  judgedTechnique,
  type ScoreInput,
  scoreTask,
  type ScoreTold,
} from "../jobs/kinds/score.ts";
import type { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import type { Model } from "../run/model.ts";
import { type Board, rowsOf, type Sample } from "./table.ts";

/** What is measured. */
export interface Measurement {
  readonly model: Model;
  readonly pictures: readonly KnownPicture[];
  /** With every option. */
  readonly techniques: readonly Chosen[];
  /** Likewise. */
  readonly metrics: readonly Chosen[];
  readonly seed: number;
}

/** The tasks of a measurement: each technique, and each baseline, on each picture. */
export async function tasksOf(
  { model, pictures, techniques, metrics, seed }: Measurement,
): Promise<readonly Task[]> {
  const all = [...techniques, ...baselines.ids.map((id) => ({ id, options: {} }))];
  return await Promise.all(
    pictures.flatMap(({ image, mask, class: target }) =>
      all.map((technique) =>
        scoreTask({
          ...{ technique, metrics, image, mask, seed, model: choiceOf(model) },
          ...(target !== undefined && { target }),
        })
      )
    ),
  );
}

/** What the results of a measurement's tasks come to; a task without one counts as not judged. */
export async function boardOf(
  { model, pictures, metrics: asked, seed }: Measurement,
  tasks: readonly Task[],
  results: KeyResults,
): Promise<Board> {
  const samples = new Map<string, Sample>(), right = new Map<string, boolean>();
  const classes = new Map(pictures.map(({ image, class: own }) => [image.sha256, own]));
  for (const task of tasks) {
    const { technique: { id }, image: { sha256 } } = task.input as ScoreInput;
    const told = await results.find(task) === undefined
      ? undefined
      : await results.told(task) as ScoreTold;
    if (told) right.set(sha256, told.answer === classes.get(sha256));
    if (!samples.has(id)) samples.set(id, emptySample(id, asked));
    const { values } = samples.get(id)!;
    asked.forEach(({ id: metric }, i) => values.get(metric)!.push(told?.values[i] ?? null));
  }
  const used = asked.map(({ id }) => metrics.get(id));
  const isKnown = pictures.every(({ class: own }) => own !== undefined) && right.size > 0;
  return {
    model: model.id,
    pictures: pictures.length,
    ...(isKnown && { accuracy: [...right.values()].filter(Boolean).length / right.size }),
    metrics: used.map(({ id, title, better }) => ({ id, title, better })),
    rows: rowsOf([...samples.values()], used, seed),
  };
}

/** A technique of which nothing is known yet. */
const emptySample = (id: string, asked: readonly Chosen[]): Sample => ({
  technique: id,
  title: judgedTechnique(id).title,
  baseline: baselines.has(id),
  values: new Map(asked.map(({ id }) => [id, []])),
});
