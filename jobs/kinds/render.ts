/** Tasks of the kind `render`: what a channel looks for, as an image. */
import { z } from "../../deps/zod.ts";
import { encodePng } from "../../image/mod.ts";
import { platform } from "../../platform/mod.ts";
import { execute, finish } from "../../run/execute.ts";
import { runKey } from "../../run/folder.ts";
import type { VisualizationRun } from "../../run/run.ts";
import { techniques } from "../../techniques/mod.ts";
import { type Kind, type ModelChoice, namesIn, pathsOf, type Tools } from "../kind.ts";
import { modelSchema } from "../schemas.ts";
import { keyOf, type Task } from "../task.ts";

/** A visualization without a picture to begin with. */
export interface RenderInput {
  readonly model: ModelChoice;
  readonly technique: string;
  /** Every option, defaults included, as `parseOptions` gives them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

const schema = z.strictObject({
  model: modelSchema,
  technique: z.string().min(1).max(100),
  options: z.record(z.string(), z.unknown()),
  seed: z.int(),
}) as unknown as z.ZodType<RenderInput>;

/** What is told of an image. */
export interface RenderTold {
  readonly width: number;
  readonly height: number;
  /** What was optimized, before the first step and behind the last: the smaller, the more of it. */
  readonly losses: readonly [first: number, last: number];
  readonly diagnosis: readonly string[];
}

export const render: Kind<RenderInput> = {
  id: "render",
  schema,
  identity({ model: { id, weights, preprocess, scores }, technique, options, seed }) {
    const model = { id, weights, preprocess, scores };
    return runKey({ technique: { id: technique }, options, seed, model });
  },
  paths: ({ model }) => pathsOf(model),
  texts: ({ options }) =>
    Object.values(options).filter((value) => typeof value === "string").flatMap(namesIn),
  perform,
};

/** The file of the image in a result's folder. */
export const IMAGE = "image.png";

async function perform(
  { model: choice, technique, options, seed }: RenderInput,
  { model: modelOf, signal, folder, onProgress }: Tools,
): Promise<RenderTold> {
  const model = await modelOf(choice);
  const { final, losses, diagnosis } = await finish(
    execute(techniques.get(technique), { model, options, seed, signal }),
    ({ step, of }) => onProgress(step, of),
  ) as VisualizationRun;
  await platform.writeFile(`${folder}/${IMAGE}`, await encodePng(final));
  const { width, height } = final;
  return { width, height, losses: [losses[0], losses.at(-1)!], diagnosis };
}

/** The task of an image. */
export async function renderTask(input: RenderInput, label: string): Promise<Task> {
  return { key: await keyOf(render.id, render.identity(input)), kind: render.id, input, label };
}
