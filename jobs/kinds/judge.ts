/**
 * Tasks of the kind `judge`: a metric judges a saved run. The result is a score, which belongs with that
 * run: such tasks are for hands that reach its folder.
 */
import { z } from "../../deps/zod.ts";
import { judge as judgeRun, metrics } from "../../metrics/mod.ts";
import type { Judged } from "../../run/judge.ts";
import { loadRun } from "../../run/load.ts";
import type { Model } from "../../run/model.ts";
import { openRun } from "../../run/open.ts";
import { type Asked, scoreKey, writeScore } from "../../run/scores.ts";
import type { Json } from "../../core/json.ts";
import { type Chosen, type Kind, type ModelChoice, pathsOf, textsIn } from "../kind.ts";
import { chosenSchema, fileSchema, modelSchema } from "../schemas.ts";
import { keyOf, type Task } from "../task.ts";
import { type PictureChoice, pictureOf } from "./_picture.ts";

/** What is judged, and by what. */
export interface JudgeInput {
  /** The run's folder. */
  readonly run: string;
  /** With every option, defaults included. */
  readonly metric: Chosen;
  /** Where the thing is; of use to metrics that need it. */
  readonly mask?: PictureChoice;
  readonly seed: number;
  /** The model that the run was made with. */
  readonly model: ModelChoice;
}

const schema = z.strictObject({
  run: z.string().min(1).max(10_000),
  metric: chosenSchema,
  mask: fileSchema.partial({ path: true }).optional(),
  seed: z.int(),
  model: modelSchema,
}) as unknown as z.ZodType<JudgeInput>;

/** What its score is kept under. @throws UserError for a metric that is not known. */
export function askedBy({ metric: { id, options }, mask, seed }: Omit<JudgeInput, "model">): Asked {
  const { title, better, needs } = metrics.get(id);
  return {
    metric: id,
    title,
    better,
    options: JSON.parse(JSON.stringify(options)) as Record<string, Json>,
    seed,
    ...(needs === "mask" && mask && { mask: mask.sha256 }),
  };
}

/** The run that was opened last with a model: the next task is likely to be about the same. */
const opened = new WeakMap<Model, { readonly key: string; readonly run: Judged }>();

async function open(path: string, model: Model): Promise<Judged> {
  const saved = await loadRun(path), key = JSON.stringify([path, saved.manifest]);
  const last = opened.get(model);
  if (last?.key === key) return last.run;
  const run = await openRun(saved, model);
  opened.set(model, { key, run });
  return run;
}

export const judge: Kind<JudgeInput> = {
  id: "judge",
  schema,
  identity: ({ model: _, ...input }) => JSON.stringify([input.run, scoreKey(askedBy(input))]),
  paths: ({ mask, model }) => [...(mask?.path === undefined ? [] : [mask.path]), ...pathsOf(model)],
  texts: ({ metric }) => textsIn(metric),
  async perform({ run: path, mask, model: choice, ...input }, tools) {
    const { metric: { id, options }, seed } = input, { signal } = tools;
    const model = await tools.model(choice), run = await open(path, model);
    const judgement = await judgeRun(run, id, options, {
      ...{ seed, signal, mask: mask && await pictureOf(mask, tools) },
      onProgress: ({ step, of }) => tools.onProgress(step, of),
    });
    const asked = askedBy({ run: path, mask, ...input });
    const of = `${run.technique.title} of ${run.target.label}`;
    return await writeScore(asked, judgement, of, tools);
  },
};

/** The task of judging a run. @param of What its label says of the run. */
export async function judgeTask(input: JudgeInput, of: string): Promise<Task> {
  return {
    key: await keyOf(judge.id, judge.identity(input)),
    kind: judge.id,
    input,
    label: `${of} ${input.metric.id}`,
  };
}
