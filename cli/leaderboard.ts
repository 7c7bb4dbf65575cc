/** `phosphene leaderboard`: which technique finds what the network looks at, on pictures where that is known. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { seedOption, withRole } from "../core/options.ts";
import { percent } from "../core/text.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { encodePng } from "../image/mod.ts";
import type { Chosen, KnownPicture } from "../jobs/kind.ts";
import { KeyResults } from "../jobs/results.ts";
import { boardOf, tasksOf } from "../leaderboard/measure.ts";
import { beats, type Board, type Mean } from "../leaderboard/table.ts";
import { signed } from "../metrics/directions.ts";
import { metrics } from "../metrics/mod.ts";
import { platform } from "../platform/mod.ts";
import { parseChoices } from "../run/choices.ts";
import { ensureWritable } from "../run/folder.ts";
import type { Model } from "../run/model.ts";
import { modelName } from "../run/model_name.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { fileChoice, withMasks } from "./_masks.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { perform } from "./_perform.ts";
import { namedPictures } from "./_pictures.ts";
import { queueOptions } from "./_queue.ts";
import { spoken } from "./_say.ts";
import { chosenTechniques } from "./_techniques.ts";
import { table } from "./_text.ts";

const USUAL = "relevance-rank, relevance-mass, pointing-game, insertion, deletion, road";

const leaderboardOptions = z.object({
  techniques: z.string().min(1).optional().describe(
    "Attributions to compare, by id, with options where wanted: grad-cam(layer=layer3), saliency; " +
      "default: all of them",
  ),
  metrics: z.string().min(1).default(USUAL).describe(
    "Metrics to compare them by, likewise; the table is in the order of the first",
  ),
  pictures: withRole("folder", z.string().min(1).optional()).describe(
    "Folder of pictures; default: pictures of the drawn world that the built-in networks have not seen",
  ),
  mask: z.string().min(1).optional().describe(
    "Folder of masks, called as the pictures are; default: NAME.mask.png beside each picture",
  ),
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
  count: z.int().min(2).max(100_000).default(40).describe("How many pictures are drawn"),
  hard: z.boolean().default(false).describe(
    "Draw them with their subjects smaller, more hidden and among more clutter",
  ),
});

const workOptions = z.object({
  seed: seedOption,
  out: withRole("folder", z.string().min(1).default("leaderboard")).describe(
    "Folder for the table, for drawn pictures, and for what is known already",
  ),
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many pictures are explained at a time; default: as many as are of use"),
});

type Given =
  & z.output<typeof leaderboardOptions>
  & z.output<typeof workOptions>
  & z.output<typeof queueOptions>;

export const addLeaderboard: AddCommand = (program, context) => {
  const command = program.command("leaderboard")
    .summary("Compare techniques on pictures where it is known what there is to find")
    .description(
      "Explains many pictures whose masks are known by every technique, judges the explanations, and " +
        "lists the means with their 95 % intervals. Maps that know nothing of the network stand among " +
        "them: noise, an edge detector, the middle of the picture. What was measured already is not " +
        "measured again.",
    );
  addFlags(command, leaderboardOptions, "Options of leaderboard:");
  addModelFlags(command);
  addFlags(command, workOptions, "Run:");
  addFlags(command, queueOptions, "On other machines, where `phosphene worker` runs:");
  command.action(async () => {
    const given = {
      ...readFlags(command, leaderboardOptions),
      ...readFlags(command, workOptions),
      ...readFlags(command, queueOptions),
    };
    await leaderboard(given, readFlags(command, chosenOptions), context);
  });
};

async function leaderboard(
  given: Given,
  chosen: z.output<typeof chosenOptions>,
  context: Context,
): Promise<void> {
  const { seed, out } = given;
  const techniques = chosenTechniques(given.techniques, "judge").choices;
  const wanted = parseChoices(given.metrics, metrics, { noun: "metrics", option: "metrics" });
  const choices = (all: typeof techniques | typeof wanted): readonly Chosen[] =>
    all.map(({ thing: { id }, options }) => ({ id, options }));
  await ensureWritable(out);
  const model = await loadChosen(chosen, context);
  try {
    const pictures = await (given.pictures === undefined
      ? drawnPictures(given, model, context)
      : picturesIn({ ...given, pictures: given.pictures }, context));
    const needsMasks = wanted.some(({ thing: { needs } }) =>
      needs === "mask"
    );
    if (needsMasks) checkMasks(pictures);
    const measurement = {
      ...{ model, pictures, seed },
      ...{ techniques: choices(techniques), metrics: choices(wanted) },
    };
    const tasks = await tasksOf(measurement), results = new KeyResults(`${out}/results`);
    await perform("leaderboard", tasks, results, { ...given, ...chosen, model }, context);
    const board = await boardOf(measurement, tasks, results);
    const name = modelName(model.id).replace(/\.json$/i, "").replaceAll(/[^\w.-]+/g, "-");
    const path = `${out}/${name}.json`;
    await platform.writeWhole(path, new TextEncoder().encode(`${JSON.stringify(board)}\n`));
    context.print(board, () => `${boardText(board)}\n\ntable  ${path}`);
  } finally {
    model.network.dispose();
  }
}

/** Pictures and masks of the drawn world, drawn once, from the first seed that no training has seen. */
async function drawnPictures(
  { out, count, hard, seed }: Given,
  model: Model,
  context: Context,
): Promise<KnownPicture[]> {
  const { CLASSES, draw } = await import("../world/scene.ts");
  const { HELD_OUT, maskPicture } = await import("../world/held_out.ts");
  const unknown = CLASSES.find((name) => !model.labels.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      `${model.id} knows no ${unknown}: drawn pictures are for the built-in networks. Give your own with ` +
        "masks, by `pictures`.",
      { code: "bad-option", option: "pictures" },
    );
  }
  const folder = `${out}/pictures`, meter = context.meter("drawing pictures");
  const drawn: KnownPicture[] = [];
  await platform.makeFolder(folder);
  try {
    for (let i = 0; i < count; i++) {
      context.signal.throwIfAborted();
      const name = CLASSES[i % CLASSES.length], at = HELD_OUT + seed * 1_000_000 + i;
      const stem = `${folder}/${name}-${at}${hard ? "-hard" : ""}`;
      const file = async (path: string, make: () => Parameters<typeof encodePng>[0]) => {
        if (!await platform.exists(path)) await platform.writeWhole(path, await encodePng(make()));
        return await fileChoice(path);
      };
      let made: ReturnType<typeof draw> | undefined;
      const scene = () =>
        made ??= draw({ class: name, seed: at, size: 64, difficulty: hard ? "hard" : "normal" });
      drawn.push({
        image: await file(`${stem}.png`, () => scene().picture),
        mask: await file(
          `${stem}.mask.png`,
          () => maskPicture(scene().mask, scene().picture),
        ),
        class: name,
      });
      meter.update(i + 1, count);
    }
    return drawn;
  } finally {
    meter.stop();
  }
}

/** The user's pictures, with their masks where there are any. */
async function picturesIn(
  { pictures, recursive, mask }: Given & { readonly pictures: string },
  context: Context,
): Promise<KnownPicture[]> {
  const { paths, leftOut } = await namedPictures([pictures], recursive);
  for (const sentence of leftOut) context.note(spoken(sentence));
  return await withMasks(paths, mask);
}

function checkMasks(pictures: readonly KnownPicture[]): void {
  const without = pictures.find(({ mask }) => !mask);
  if (!without) return;
  throw new UserError(
    `There is no mask of "${without.image.name}": metrics that ask where the thing is need one for each ` +
      "picture, NAME.mask.png beside it or in the folder that `mask` names. Without masks, choose other " +
      "`metrics`: `phosphene metrics` lists them.",
    { code: "no-file", option: "mask" },
  );
}

const number = (value: number) => value.toPrecision(3);
const meanText = (mean: Mean | null) =>
  mean ? `${number(mean.mean)} [${number(mean.low)}, ${number(mean.high)}]` : "–";

/** The table in words; what is not better than noise beyond doubt is marked. */
function boardText({ model, pictures, accuracy, metrics, rows }: Board): string {
  const noise = rows.find(({ technique }) => technique === "random");
  const cell = (mean: Mean | null, i: number) =>
    meanText(mean) + (beats(mean, noise?.means[i] ?? null, metrics[i].better) ? "" : " ~");
  return [
    table([
      ["", ...metrics.map(({ name, better }) => signed(name, better))],
      ...rows.map(({ name, baseline, means }) => [
        baseline ? `(${name})` : name,
        ...means.map((mean, i) => baseline ? meanText(mean) : cell(mean, i)),
      ]),
    ]),
    "",
    `${model}, ${pictures} pictures` +
    (accuracy === undefined ? "" : `, ${percent(accuracy, 0)} of them named right`) +
    "; means with 95 % intervals (bootstrap over pictures; Wilson's of yes and no)",
    "↑ more is better, ↓ less is better, ~ not better than noise beyond doubt; in brackets: maps that " +
    "know nothing of the network",
  ].join("\n");
}
