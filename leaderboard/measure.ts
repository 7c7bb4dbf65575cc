/** Measures techniques on pictures whose masks are known. */
import { metrics } from "../metrics/mod.ts";
import { baselines } from "../metrics/baselines.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
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

/** A picture, where its thing is, and which class it is of, where that is known. */
export interface Judged {
  readonly image: FileChoice;
  readonly mask?: FileChoice;
  readonly class?: string;
}

/** What is measured. */
export interface Measurement {
  readonly model: Model;
  readonly pictures: readonly Judged[];
  /** With every option. */
  readonly techniques: ScoreInput["metrics"];
  /** Likewise. */
  readonly metrics: ScoreInput["metrics"];
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

/** What the results of a measurement's tasks come to. @throws where one of them is not there. */
export async function boardOf(
  measurement: Measurement,
  tasks: readonly Task[],
  results: KeyResults,
  accuracy: number | undefined,
): Promise<Board> {
  const { model, pictures, metrics: asked, seed } = measurement;
  const samples = new Map<string, { -readonly [Key in keyof Sample]: Sample[Key] }>();
  const values = new Map<string, Map<string, (number | null)[]>>();
  for (const task of tasks) {
    const { technique: { id } } = task.input as ScoreInput, { title } = judgedTechnique(id);
    const told = await results.find(task) === undefined
      ? undefined
      : await results.told(task) as ScoreTold;
    const own = values.get(id) ?? new Map<string, (number | null)[]>();
    asked.forEach(({ id: metric }, i) =>
      own.set(metric, [...own.get(metric) ?? [], told?.values[i] ?? null])
    );
    values.set(id, own);
    samples.set(id, { technique: id, title, baseline: baselines.has(id), values: own });
  }
  const used = asked.map(({ id }) => metrics.get(id));
  return {
    model: model.id,
    pictures: pictures.length,
    ...(accuracy !== undefined && { accuracy }),
    metrics: used.map(({ id, title, better }) => ({ id, title, better })),
    rows: rowsOf([...samples.values()], used, seed),
  };
}
