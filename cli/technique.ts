/** `phosphene saliency`, `phosphene deepdream`, …: a command for each technique. */
import type { Command } from "commander";
import { z } from "zod";
import { loadImage, type SourcePicture } from "../image/mod.ts";
import { execute, finish, type Run } from "../run/execute.ts";
import { commandLine, ensureWritable, type Manifest, saveRun } from "../run/folder.ts";
import type { Progress, Technique } from "../run/technique.ts";
import { words } from "../core/text.ts";
import type { Context } from "./_context.ts";
import { addFlags, readFlags, writtenFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { namedPictures } from "./_pictures.ts";
import { metered } from "./_progress.ts";
import { runOptions } from "./_run.ts";
import { spoken } from "./_say.ts";
import { likely, table } from "./_text.ts";

const batchOptions = z.object({
  recursive: z.boolean().default(false).describe("Look into the folders in a folder too"),
  force: z.boolean().default(false).describe("Run pictures again that were done before"),
});
const BATCH_FLAGS = ["--recursive", "--force"];

/**
 * Adds the command of a technique; its flags are its options.
 *
 * @param meant Whether the command line may mean it: for the others, flags are not worked out.
 */
export function addTechnique(
  program: Command,
  context: Context,
  technique: Technique,
  meant: boolean,
): void {
  const command = program.command(technique.id)
    .summary(technique.summary)
    .description(describe(technique))
    .helpGroup(technique.kind === "attribution" ? "Attributions:" : "Visualizations:");
  if (!meant) return;
  const picture = technique.kind === "attribution" ? "many" : technique.picture;
  if (picture === "many") {
    command.argument(
      "<image...>",
      "pictures to explain, and folders of them, a run each: PNG, JPEG, WebP or GIF",
    );
  } else if (picture !== "none") {
    const name = picture === "required" ? "<image>" : "[image]";
    command.argument(name, "picture to start from: PNG, JPEG, WebP or GIF");
  }
  addFlags(command, technique.options, `Options of ${technique.id}:`);
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  if (picture === "many") addFlags(command, batchOptions, "Several pictures:");
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
  // what repeats the run names these also where they are today's defaults
  command.setOptionValueWithSource("model", chosen.model, "cli");
  command.setOptionValueWithSource("seed", String(seed), "cli");
  await ensureWritable(out);

  const { signal } = context;
  const save = (run: Run, picture?: string) =>
    saveRun(run, out, { command: repeat(command, picture, context), signal });

  if (technique.kind === "attribution") {
    const { recursive, force } = readFlags(command, batchOptions);
    const { paths, single } = await namedPictures(command.args, recursive);
    if (!single) {
      const { runBatch } = await import("./_batch.ts");
      const model = await loadChosen(chosen, context);
      const run = (image: SourcePicture, onProgress: (progress: Progress) => void) =>
        finish(execute(technique, { model, image, options, seed, signal }), onProgress);
      const batch = { technique, options, seed, model, out, force, execute: run, save };
      return await runBatch(paths, batch, context);
    }
  }
  const [picture] = command.args;
  const image = picture === undefined ? undefined : await loadImage(picture);
  const model = await loadChosen(chosen, context);
  const done = await metered(
    execute(technique, { model, image, options, seed, signal }),
    context.meter([technique.id, image?.name].filter(Boolean).join(" ")),
  );
  const { path, manifest } = await save(done, picture);
  context.print({ path, ...manifest }, () => report(path, manifest));
}

/** The command line that makes this run again, also one of several pictures'. */
function repeat(command: Command, picture: string | undefined, context: Context): string {
  const plugins = context.plugins.flatMap((file) => ["--plugin", file]);
  const last = picture === undefined ? [] : picture.startsWith("-") ? ["--", picture] : [picture];
  const written = writtenFlags(command, BATCH_FLAGS);
  return commandLine(["phosphene", command.name(), ...written, ...plugins, ...last]);
}

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
    rows.push([
      words(name),
      typeof value === "number" ? String(Number(value.toPrecision(6))) : value,
    ]);
  }
  for (const sentence of result.diagnosis) rows.push(["note", spoken(sentence)]);
  rows.push(["run", path]);
  return table(rows);
}
