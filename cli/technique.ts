/** `phosphene saliency`, `phosphene deepdream`, …: a command for each technique. */
import type { Command } from "../deps/commander.ts";
import { z } from "../deps/zod.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { loadImage } from "../image/mod.ts";
import { execute } from "../run/execute.ts";
import { ensureWritable } from "../run/folder.ts";
import type { Manifest } from "../run/manifest.ts";
import { saveRun } from "../run/save.ts";
import type { Technique } from "../run/technique.ts";
import { words } from "../core/text.ts";
import type { Context } from "./_context.ts";
import { describe } from "./_describe.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { metered } from "./_metered.ts";
import { namedPictures, PICTURES } from "./_pictures.ts";
import { runOptions, targetOptions } from "./_run.ts";
import { spoken } from "./_say.ts";
import { likely, table } from "./_text.ts";

const batchOptions = z.object({
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
  force: z.boolean().default(false).describe("Run pictures again that have been done already"),
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many pictures are run at a time; default: as many as are of use"),
});

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
      `pictures to explain (${PICTURES}), or folders of them; each picture is a run`,
    );
  } else if (picture !== "none") {
    const name = picture === "required" ? "<image>" : "[image]";
    command.argument(name, `picture to start from: ${PICTURES}`);
  }
  addFlags(command, technique.options, `Options of ${technique.id}:`);
  if (picture === "many") addFlags(command, targetOptions, "Target, instead of a class:");
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  if (picture === "many") addFlags(command, batchOptions, "Several pictures:");
  command.action(async () => {
    await run(technique, command, context);
  });
}

async function run(technique: Technique, command: Command, context: Context): Promise<void> {
  const options = readFlags(command, technique.options);
  const chosen = readFlags(command, chosenOptions);
  const { seed, out } = readFlags(command, runOptions);
  await ensureWritable(out);

  const { signal } = context;
  let target: string | undefined;
  if (technique.kind === "attribution") {
    const { recursive, force, workers } = readFlags(command, batchOptions);
    target = readFlags(command, targetOptions).target;
    const { paths, single, leftOut } = await namedPictures(command.args, recursive);
    for (const sentence of leftOut) context.note(spoken(sentence));
    if (!single) {
      const { runBatch } = await import("./_batch.ts");
      const model = await loadChosen(chosen, context), { backend, threads } = chosen;
      const batch = {
        technique,
        options,
        target,
        seed,
        model,
        backend,
        threads,
        workers,
        out,
        force,
      };
      return await runBatch(paths, batch, context);
    }
  }
  const [picture] = command.args;
  const image = picture === undefined ? undefined : await loadImage(picture);
  const model = await loadChosen(chosen, context);
  const done = await metered(
    execute(technique, { model, image, options, target, seed, signal }),
    context.meter([technique.id, image?.name].filter(Boolean).join(" ")),
  );
  const { path, manifest } = await saveRun(done, out, { signal });
  context.print({ path, ...manifest }, () => report(path, manifest));
}

/** What a run found, for people. */
function report(path: string, { target, predicted, result, image }: Manifest): string {
  const rows: string[][] = [];
  if (image) rows.push(["picture", image.name]);
  if (target) {
    const [best] = predicted!, { plain = true } = target;
    const isBest = plain && best.index === target.index;
    rows.push([plain ? "class" : "target", likely(target) + (isBest ? ", the predicted one" : "")]);
    if (!isBest) rows.push(["predicted", likely(best)]);
  }
  if (result.losses?.length) {
    const [first, last] = [result.losses[0], result.losses.at(-1)!].map(sixDigits);
    rows.push(["loss", `${last} after ${result.losses.length} steps (from ${first})`]);
  }
  for (const [name, value] of Object.entries(result.figures ?? {})) {
    rows.push([
      words(name),
      typeof value === "string"
        ? value
        : value === null
        ? "not finite"
        : `${Number(sixDigits(value))}`,
    ]);
  }
  for (const sentence of result.diagnosis) rows.push(["note", spoken(sentence)]);
  rows.push(["run", path]);
  return table(rows);
}

const sixDigits = (n: number | null) => n === null ? "not finite" : n.toPrecision(6);
