/** Tasks of the kind `explain`: a technique, on a picture where it takes one. The result is a run. */
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import { optionFields } from "../../core/options.ts";
import { execute, finish } from "../../run/execute.ts";
import { runKey } from "../../run/folder.ts";
import { writeRun } from "../../run/save.ts";
import { techniques } from "../../techniques/mod.ts";
import { type Kind, type ModelChoice, namesIn, pathsOf } from "../kind.ts";
import { fileSchema, modelSchema } from "../schemas.ts";
import { keyOf, type Task } from "../task.ts";
import { type PictureChoice, pictureOf } from "./_picture.ts";

/** What a run is made of. */
export interface ExplainInput {
  readonly technique: string;
  /** Every option, defaults included, as `parseOptions` gives them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What is explained, where it is more than a class of the options. */
  readonly target?: string;
  readonly seed: number;
  readonly image?: PictureChoice;
  readonly model: ModelChoice;
  /** So many steps it may take; what would take more is refused. Default: any number. */
  readonly mostSteps?: number;
}

const text = z.string().min(1).max(10_000), record = z.record(z.string(), z.unknown());

/** The roles of options that may name a file; one without a role is anything. */
const NAME_FILES: readonly string[] = ["file", "objective"];

const schema = z.strictObject({
  technique: text,
  options: record,
  target: text.optional(),
  seed: z.int(),
  image: fileSchema.partial({ path: true }).optional(),
  model: modelSchema,
  mostSteps: z.int().min(1).optional(),
}) as unknown as z.ZodType<ExplainInput>;

export const explain: Kind<ExplainInput> = {
  id: "explain",
  schema,
  identity({ technique, options, target, seed, image, model }) {
    const { id, preprocess, weights, scores } = model;
    return runKey({
      technique: { id: technique },
      options,
      target: { expression: target },
      seed,
      model: { id, preprocess, scores, weights },
      image,
    });
  },
  paths: ({ image, model }) => [
    ...(image?.path === undefined ? [] : [image.path]),
    ...pathsOf(model),
  ],
  texts({ technique, options, target = "" }) {
    const own = optionFields(techniques.get(technique).options)
      .filter(({ role = "file", choices }) => NAME_FILES.includes(role) && !choices);
    const given = own.map(({ name }) => options[name]).filter((value) => typeof value === "string");
    return [...given, ...target.split("@").slice(1)].flatMap(namesIn);
  },
  async perform({ technique: id, image, model: choice, mostSteps = Infinity, ...asked }, tools) {
    const { signal } = tools, model = await tools.model(choice), technique = techniques.get(id);
    const picture = image && await pictureOf(image, tools);
    const run = await finish(
      execute(technique, { ...asked, model, image: picture, signal }),
      ({ step, of, ...made }) => {
        if (of <= mostSteps) return tools.onProgress(step, of, made);
        throw new UserError(`${technique.title} takes ${of} steps.`, { code: "takes-long" });
      },
    );
    return await writeRun(run, tools.folder, tools.out, signal);
  },
};

/** The task of a run; its label says how it differs from others of the picture. */
export async function explainTask(input: ExplainInput, differs = ""): Promise<Task> {
  const { technique, image } = input;
  return {
    key: await keyOf(explain.id, explain.identity(input)),
    kind: explain.id,
    input,
    label: [image?.name, technique, differs].filter(Boolean).join(" "),
  };
}
