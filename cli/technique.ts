/** `phosphene saliency`, `phosphene deepdream`, …: a command for each technique. */
import type { Command } from "commander";
import { z } from "zod";
import { loadImage, type SourcePicture } from "../core/image.ts";
import type { Model } from "../core/model.ts";
import { execute, finish, type Run } from "../core/run.ts";
import { commandLine, ensureWritable, type Manifest, saveRun } from "../core/runs.ts";
import type { Prediction, Technique } from "../core/technique.ts";
import type { Context } from "./_context.ts";
import { addFlags, readFlags, writtenFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { percent, table } from "./_text.ts";

const runOptions = z.object({
  seed: z.int().min(0).default(0).describe("Seed of all that is random"),
  out: z.string().min(1).default("runs").describe("Folder in which the run's folder is made"),
});

/** Adds the command of a technique; its flags are its options. */
export function addTechnique(program: Command, context: Context, technique: Technique): void {
  const command = program.command(technique.id)
    .summary(technique.summary)
    .description(describe(technique))
    .helpGroup(technique.kind === "attribution" ? "Attributions:" : "Visualizations:");
  const picture = technique.kind === "attribution" ? "many" : technique.picture;
  if (picture === "many") {
    command.argument("<image...>", "pictures to explain, a run each: PNG, JPEG, WebP or GIF");
  } else if (picture !== "none") {
    const name = picture === "required" ? "<image>" : "[image]";
    command.argument(name, "picture to start from: PNG, JPEG, WebP or GIF");
  }
  addFlags(command, technique.options, `Options of ${technique.id}:`);
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  command.action(async () => {
    await run(technique, command, context);
  });
}

function describe({ title, summary, caution, paper }: Technique): string {
  return [
    `${title}: ${summary[0].toLowerCase()}${summary.slice(1)}.`,
    `${paper.equation}\n${paper.citation}\n${paper.url}`,
    `Caution: ${caution}`,
  ].join("\n\n");
}

async function run(technique: Technique, command: Command, context: Context): Promise<void> {
  const options = readFlags(command, technique.options);
  const chosen = readFlags(command, chosenOptions);
  const { seed, out } = readFlags(command, runOptions);
  await ensureWritable(out);

  const pictures = command.args.length ? command.args : [undefined];
  const documents: (Manifest & { path: string })[] = [];
  let model: Model | undefined;
  for (const picture of pictures) {
    const image = picture === undefined ? undefined : await loadImage(picture);
    model ??= await loadChosen(chosen, context);
    const done = await execution(technique, { model, image, options, seed }, context);
    const { path, manifest } = await saveRun(done, out, {
      command: repeat(command, picture, context),
      signal: context.signal,
    });
    documents.push({ path, ...manifest });
    const gap = documents.length > 1 ? "\n" : "";
    if (!context.json) context.print(manifest, () => gap + report(path, manifest));
  }
  if (context.json) context.print(documents.length === 1 ? documents[0] : documents, () => "");
}

/** Runs the technique on one picture, with a meter for what takes more than a step. */
async function execution(
  technique: Technique,
  request: {
    model: Model;
    image?: SourcePicture;
    options: Record<string, unknown>;
    seed: number;
  },
  context: Context,
): Promise<Run> {
  const name = request.image ? ` ${request.image.name}` : "";
  const meter = context.meter(`${technique.id}${name}`);
  try {
    return await finish(
      execute(technique, { ...request, signal: context.signal }),
      ({ step, of, loss }) => {
        if (of > 1) meter.update(step, of, loss === undefined ? "" : `loss ${loss.toPrecision(5)}`);
      },
    );
  } finally {
    meter.stop();
  }
}

/** The command line that makes this run again, also one of several pictures'. */
function repeat(command: Command, picture: string | undefined, context: Context): string {
  const plugins = context.plugins.flatMap((file) => ["--plugin", file]);
  const written = writtenFlags(command);
  const seed = written.includes("--seed") ? [] : ["--seed", "0"];
  const last = picture === undefined ? [] : picture.startsWith("-") ? ["--", picture] : [picture];
  return commandLine(["phosphene", command.name(), ...written, ...seed, ...plugins, ...last]);
}

const likely = ({ label, index, probability }: Prediction) =>
  `${label} (${index}), probability ${percent(probability)}`;

/** What a run found, for people. */
function report(path: string, { target, predicted, result, image }: Manifest): string {
  const rows: string[][] = [];
  if (image) rows.push(["image", image.name]);
  if (target) {
    const [best] = predicted!;
    const isBest = best.index === target.index;
    rows.push(["class", likely(target) + (isBest ? ", the predicted one" : "")]);
    if (!isBest) rows.push(["predicted", likely(best)]);
  }
  if (result.losses?.length) {
    const [first, last] = [result.losses[0], result.losses.at(-1)!];
    rows.push([
      "loss",
      `${last.toPrecision(6)} after ${result.losses.length} steps (from ${first.toPrecision(6)})`,
    ]);
  }
  for (const [name, value] of Object.entries(result.figures ?? {})) {
    rows.push([name, typeof value === "number" ? String(Number(value.toPrecision(6))) : value]);
  }
  for (const sentence of result.diagnosis) rows.push(["note", sentence]);
  rows.push(["run", path]);
  return table(rows);
}
