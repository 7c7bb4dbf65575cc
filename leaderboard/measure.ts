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
import { called, optionsText } from "../run/choices.ts";
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
  const samples = new Map<string, SampleMade>(), right = new Map<string, boolean>();
  const classes = new Map(pictures.map(({ image, class: own }) => [image.sha256, own]));
  for (const task of tasks) {
    const { technique, image: { sha256 } } = task.input as ScoreInput;
    const told = await results.find(task) === undefined
      ? undefined
      : await results.told(task) as ScoreTold;
    if (told?.answer !== undefined) right.set(sha256, told.answer === classes.get(sha256));
    const empty = emptySample(technique, asked.length);
    const { values } = samples.get(empty.name) ?? empty;
    samples.set(empty.name, { ...empty, values });
    values.forEach((column, i) => column.push(told?.values[i] ?? null));
  }
  const used = asked.map(({ id, options }) => {
    const { title, better, options: schema } = metrics.get(id);
    return { id, name: called(id, optionsText(schema, options)), title, better };
  });
  const columns = used.map((metric) => ({ ...metric, verdict: metrics.get(metric.id).verdict }));
  const isKnown = pictures.every(({ class: own }) => own !== undefined) && right.size > 0;
  return {
    model: model.id,
    pictures: pictures.length,
    ...(isKnown && { accuracy: [...right.values()].filter(Boolean).length / right.size }),
    metrics: used,
    rows: rowsOf([...samples.values()], columns, seed),
  };
}

type SampleMade = Omit<Sample, "values"> & { readonly values: readonly (number | null)[][] };

/** A technique of which nothing is known yet, for so many metrics. */
function emptySample({ id, options }: Chosen, count: number): SampleMade {
  const { title, options: schema } = judgedTechnique(id);
  return {
    technique: id,
    name: called(id, optionsText(schema, options)),
    title,
    baseline: baselines.has(id),
    values: Array.from({ length: count }, () => []),
  };
}
