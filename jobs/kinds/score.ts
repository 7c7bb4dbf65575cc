/** Tasks of the kind `score`: a technique explains a picture, and metrics judge it. Only numbers stay. */
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import { baselines } from "../../metrics/baselines.ts";
import { judge, metrics } from "../../metrics/mod.ts";
import { execute, finish } from "../../run/execute.ts";
import type { AttributionRun } from "../../run/run.ts";
import type { AttributionTechnique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import {
  type Chosen,
  type FileChoice,
  identityOf,
  type Kind,
  type ModelChoice,
  pathsOf,
  textsIn,
} from "../kind.ts";
import { chosenSchema, fileSchema, modelSchema } from "../schemas.ts";
import { keyOf, type Task } from "../task.ts";
import { unchanged } from "./_picture.ts";

/** What is judged, and by what. */
export interface ScoreInput {
  /** A technique, or one of the {@link baselines}. */
  readonly technique: Chosen;
  readonly metrics: readonly Chosen[];
  readonly image: FileChoice;
  /** Where the thing is, for metrics that need it. */
  readonly mask?: FileChoice;
  /** What is explained; none: the predicted class. */
  readonly target?: string;
  readonly seed: number;
  readonly model: ModelChoice;
}

/** What is told of a task. */
export interface ScoreTold {
  /** The network's best answer, whatever was explained. */
  readonly answer: string;
  /** One for each metric, in their order; absent where it said why it cannot judge this. */
  readonly values: readonly (number | null)[];
  /** What was said instead, in sentences. */
  readonly notes: readonly string[];
}

const schema = z.strictObject({
  technique: chosenSchema,
  metrics: z.array(chosenSchema).min(1).max(1000),
  image: fileSchema,
  mask: fileSchema.optional(),
  target: z.string().min(1).max(10_000).optional(),
  seed: z.int(),
  model: modelSchema,
}) as unknown as z.ZodType<ScoreInput>;

/** A technique by its id, one of the baselines included. */
export function judgedTechnique(id: string): AttributionTechnique {
  if (baselines.has(id)) return baselines.get(id);
  const found = techniques.get(id);
  if (found.kind === "attribution") return found;
  throw new UserError(`Cannot judge ${id}: only attributions can be judged.`);
}

export const score: Kind<ScoreInput> = {
  id: "score",
  schema,
  identity: ({ technique, metrics, image, mask, target, seed, model }) =>
    JSON.stringify([
      identityOf(model),
      technique,
      metrics,
      image.sha256,
      mask?.sha256,
      target,
      seed,
    ]),
  paths: ({ image, mask, model }) => [
    image.path,
    ...mask ? [mask.path] : [],
    ...pathsOf(model),
  ],
  texts: ({ technique, metrics }) => [technique, ...metrics].flatMap(textsIn),
  async perform({ technique, metrics: wanted, image, mask, target, seed, model: choice }, tools) {
    const { signal } = tools, model = await tools.model(choice);
    const picture = await unchanged(image, tools), where = mask && await unchanged(mask, tools);
    const of = judgedTechnique(technique.id), { options } = technique;
    const run = await finish(
      execute(of, { model, image: picture, options, target, seed, signal }),
      ({ step, of }) => tools.onProgress(step, of),
    ) as AttributionRun;
    const values: (number | null)[] = [], notes: string[] = [];
    for (const { id, options } of wanted) {
      try {
        const request = { mask: where, seed, signal };
        values.push((await judge(run, metrics.get(id), options, request)).value);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        values.push(null);
        notes.push(error.message);
      }
    }
    return { answer: run.predicted[0].label, values, notes } satisfies ScoreTold;
  },
};

/** The task of judging a technique on a picture. */
export async function scoreTask(input: ScoreInput): Promise<Task> {
  return {
    key: await keyOf(score.id, score.identity(input)),
    kind: score.id,
    input,
    label: `${input.image.name} ${input.technique.id}`,
  };
}
