/** Tasks of the kind `assess`: what a network says of a picture, and where its evidence lies. */
import { z } from "../../deps/zod.ts";
import { encodePng } from "../../image/mod.ts";
import { platform } from "../../platform/mod.ts";
import { execute, finish } from "../../run/execute.ts";
import { picturesOf } from "../../run/figure.ts";
import { importanceOf } from "../../run/importance.ts";
import { areaOf, maskOf, massOf } from "../../run/mask.ts";
import type { AttributionRun } from "../../run/run.ts";
import type { Prediction } from "../../run/technique.ts";
import type { Values } from "../../core/values.ts";
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
import { judgedTechnique } from "./score.ts";

/** The picture is divided into so many rows, and as many columns. */
export const GRID = 8;

/** What is looked at, and how it is explained. */
export interface AssessInput {
  readonly technique: Chosen;
  readonly image: FileChoice;
  /** Where the thing is. */
  readonly mask?: FileChoice;
  readonly seed: number;
  readonly model: ModelChoice;
}

/** What is told of it. */
export interface AssessTold {
  /** The network's best answers, best first. */
  readonly answers: readonly Prediction[];
  /** Of what speaks for the first answer, the share in each of the picture's squares, row by row. */
  readonly evidence: readonly number[];
  /** Of the same, the share on the thing, and the thing's share of the picture; where there is a mask. */
  readonly onThing?: { readonly evidence: number; readonly area: number };
}

const schema = z.strictObject({
  technique: chosenSchema,
  image: fileSchema,
  mask: fileSchema.optional(),
  seed: z.int(),
  model: modelSchema,
}) as unknown as z.ZodType<AssessInput>;

/** The pictures of a result, in its folder. */
export const PICTURES = { seen: "seen.png", overlay: "overlay.png" } as const;

/** How a map's positive part is spread over the squares of a picture; zeros where it has none. */
export function evidenceOf(importance: Values): number[] {
  const [height, width] = importance.shape, sums = new Array<number>(GRID * GRID).fill(0);
  let total = 0;
  importance.forEach((v, at) => {
    if (!(v > 0)) return;
    const row = Math.floor(Math.floor(at / width) * GRID / height);
    sums[row * GRID + Math.floor(at % width * GRID / width)] += v;
    total += v;
  });
  return sums.map((sum) => total > 0 ? sum / total : 0);
}

export const assess: Kind<AssessInput> = {
  id: "assess",
  schema,
  identity: ({ technique, image, mask, seed, model }) =>
    JSON.stringify([identityOf(model), technique, image.sha256, mask?.sha256, seed]),
  paths: ({ image, mask, model }) => [image.path, ...mask ? [mask.path] : [], ...pathsOf(model)],
  texts: ({ technique }) => textsIn(technique),
  async perform({ technique, image, mask, seed, model: choice }, tools) {
    const { signal, folder } = tools, model = await tools.model(choice);
    const picture = await unchanged(image, tools), { options } = technique;
    const run = await finish(
      execute(judgedTechnique(technique.id), { model, image: picture, options, seed, signal }),
      ({ step, of }) => tools.onProgress(step, of),
    ) as AttributionRun;
    const { importance } = importanceOf(run), shown = await picturesOf(run);
    const told: AssessTold = {
      answers: run.predicted.slice(0, 3),
      evidence: evidenceOf(importance),
      ...(mask && {
        onThing: onThing(
          importance,
          await maskOf(await unchanged(mask, tools), model, { source: picture, seen: run.seen }),
        ),
      }),
    };
    await platform.writeFile(`${folder}/${PICTURES.seen}`, await encodePng(shown.input));
    await platform.writeFile(`${folder}/${PICTURES.overlay}`, await encodePng(shown.overlay));
    return told;
  },
};

function onThing(importance: Values, mask: Values): NonNullable<AssessTold["onThing"]> {
  const { all, inside } = massOf(importance, mask);
  return { evidence: all > 0 ? inside / all : 0, area: areaOf(mask) / mask.length };
}

/** The task of looking at a picture. */
export async function assessTask(input: AssessInput): Promise<Task> {
  return {
    key: await keyOf(assess.id, assess.identity(input)),
    kind: assess.id,
    input,
    label: input.image.name,
  };
}
