/** `phosphene judge`: how good explanations are, by many measures. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { parseOptions, withRole } from "../core/options.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { loadImage, type SourcePicture } from "../image/mod.ts";
import { metrics } from "../metrics/mod.ts";
import { platform } from "../platform/mod.ts";
import { type Choice, parseChoices } from "../run/choices.ts";
import { ensureWritable } from "../run/folder.ts";
import { judge, type Judged } from "../run/judge.ts";
import type { Metric } from "../run/metric.ts";
import { openRun } from "../run/open.ts";
import { keepScore, readScores, type Score, scoreKey } from "../run/scores.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import {
  isRun,
  makeRuns,
  ModelsOfRuns,
  type RunScore,
  type RunToJudge,
  savedRun,
} from "./_judged_runs.ts";
import { maskFinder } from "./_masks.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { namedPictures, PICTURES } from "./_pictures.ts";
import { runOptions, targetOptions } from "./_run.ts";
import { spoken, told } from "./_say.ts";
import { csvOf, tableOf } from "./_score_table.ts";
import { chosenTechniques } from "./_techniques.ts";

/** What is asked where no metrics are named: no technique has to explain again for them. */
const USUAL = [
  ...["deletion", "insertion", "road", "average-drop", "increase"],
  ...["faithfulness-estimate", "sparseness", "entropy"],
];
/** Beside them, where there are masks. */
const WITH_MASKS = ["pointing-game", "energy-pointing-game", "relevance-rank"];

const judgeOptions = z.object({
  techniques: z.string().min(1).optional().describe(
    "Attributions to judge, by id, with options where wanted: grad-cam(layer=layer3), saliency; " +
      "default: all of them",
  ),
  metrics: z.string().min(1).optional().describe(
    "Metrics to judge by, likewise: deletion(steps=50, baseline=blur), road; default: " +
      `${USUAL.join(", ")}, and with masks ${WITH_MASKS.join(", ")}`,
  ),
  mask: z.string().min(1).optional().describe(
    "Where the thing is: a picture that is white there and black around it, or a folder of them, called " +
      "as the pictures are; default: NAME.mask.png beside the picture, if it is there",
  ),
  csv: withRole("file", z.string().min(1).optional())
    .describe("Write all values to this file too, as comma-separated values"),
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
  force: z.boolean().default(false).describe("Judge again what has been judged already"),
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many pictures are explained at a time; default: as many as are of use"),
});

export const addJudge: AddCommand = (program, context) => {
  const command = program.command("judge")
    .summary("Judge explanations by metrics")
    .description(
      "Explains pictures by several techniques, or takes saved runs, and judges each explanation by " +
        "several metrics. Scores are kept with the runs, with curves and with what the network was " +
        "shown; what has been explained and judged already is not done again.",
    )
    .argument(
      "<image-or-run...>",
      `pictures (${PICTURES}), folders of them, or folders of saved runs`,
    );
  addFlags(command, judgeOptions, "Options of judge:");
  addFlags(command, targetOptions, "Target, instead of the predicted class:");
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  command.action(async () => {
    const given = readFlags(command, judgeOptions), chosen = readFlags(command, chosenOptions);
    const { seed, out } = readFlags(command, runOptions);
    const { target } = readFlags(command, targetOptions);
    const explaining = chosenTechniques(given.techniques);
    const wanted = given.metrics === undefined
      ? undefined
      : parseChoices(given.metrics, metrics, { noun: "metrics", option: "metrics" });
    const runs: RunToJudge[] = [], arguments_: string[] = [];
    for (const argument of command.args) {
      if (await isRun(argument)) runs.push(await savedRun(argument));
      else arguments_.push(argument);
    }
    let failed = 0, model;
    if (arguments_.length > 0) {
      const { paths, leftOut } = await namedPictures(arguments_, given.recursive);
      for (const sentence of leftOut) context.note(spoken(sentence));
      await ensureWritable(out);
      model = await loadChosen(chosen, context);
      const made = await makeRuns(paths, {
        ...{
          techniques: explaining,
          named: given.techniques !== undefined,
          target,
          seed,
          model,
          out,
        },
        ...{ backend: chosen.backend, threads: chosen.threads, workers: given.workers },
      }, context);
      failed += made.failed;
      runs.push(...made.runs);
    }
    const pictures = new Set(runs.map(({ picture, path }) => picture ?? path)).size;
    const maskOf = await maskFinder(given.mask, pictures);
    await using models = new ModelsOfRuns(model);
    const judging: Judging = { models, wanted, maskOf, seed, force: given.force };
    const { scores, failed: unjudged } = await judgeAll(runs, judging, context);
    failed += unjudged;
    if (given.csv !== undefined) await writeCsv(given.csv, scores);
    context.print(
      scores.map((
        { run: { path, manifest }, score: { metric, value, curve, axes, options, notes } },
      ) => ({
        technique: manifest.technique.id,
        metric,
        value,
        ...(curve && { curve }),
        ...(axes && { axes }),
        options,
        ...(notes.length > 0 && { notes }),
        image: manifest.image?.name,
        run: path,
      })),
      () => tableOf(scores),
    );
    if (failed > 0) throw new UserError(`Not all could be judged: ${failed} failed.`);
  });
};

/** How runs are judged. */
interface Judging {
  readonly models: ModelsOfRuns;
  /** Undefined for the usual ones. */
  readonly wanted?: readonly Choice<Metric>[];
  readonly maskOf: (picture: string | undefined) => Promise<string | undefined>;
  readonly seed: number;
  readonly force: boolean;
}

/** The metrics that a run is judged by. */
const metricsFor = ({ wanted }: Judging, hasMask: boolean): readonly Choice<Metric>[] =>
  wanted ?? [...USUAL, ...hasMask ? WITH_MASKS : []].map((id) => {
    const thing = metrics.get(id);
    return { thing, options: parseOptions(thing.options, {}, id) };
  });

/** Judges each run by each metric; a metric that cannot is told, and the rest go on. */
async function judgeAll(
  runs: readonly RunToJudge[],
  judging: Judging,
  context: Context,
): Promise<{ readonly scores: readonly RunScore[]; readonly failed: number }> {
  const { signal } = context, scores: RunScore[] = [], meter = context.meter("judge");
  let failed = 0;
  try {
    for (const [at, run] of runs.entries()) {
      const path = await judging.maskOf(run.picture);
      const mask = path === undefined ? undefined : await loadImage(path);
      const before = await scoresBefore(run, judging);
      let opened: Judged | undefined;
      for (const { thing: metric, options } of metricsFor(judging, mask !== undefined)) {
        signal.throwIfAborted();
        const asked = askedOf(metric, options, judging.seed, mask);
        const known = before.get(scoreKey(asked));
        if (known) {
          scores.push({ run, score: known });
          continue;
        }
        const label = [run.manifest.image?.name, run.manifest.technique.id, metric.id].join(" ");
        try {
          meter.update(at, runs.length, label);
          opened ??= await openRun(run.path, await judging.models.of(run));
          const judgement = await judge(opened, metric, options, {
            ...{ mask, seed: judging.seed, signal },
            onProgress: ({ step, of }) => meter.update(at, runs.length, `${label} ${step}/${of}`),
          });
          const { technique: { title }, target } = run.manifest;
          const of = `${title} of ${target!.label}`;
          scores.push({ run, score: await keepScore(run.path, asked, judgement, of) });
        } catch (error) {
          if (!(error instanceof UserError) || runs.length === 1) throw error;
          failed++;
          meter.clear();
          context.note(`error: ${label}: ${told(error)}`);
        }
      }
      meter.update(at + 1, runs.length, run.manifest.technique.id);
    }
  } finally {
    meter.stop();
  }
  return { scores, failed };
}

/** What a score is kept under. */
const askedOf = (
  { id, title, better, needs }: Metric,
  options: Readonly<Record<string, unknown>>,
  seed: number,
  mask: SourcePicture | undefined,
) => ({
  metric: id,
  title,
  better,
  options: JSON.parse(JSON.stringify(options)) as Score["options"],
  seed,
  ...(needs === "mask" && mask && { mask: mask.sha256 }),
});

/** What was said of a run before, by what it follows from; nothing where all is to be judged again. */
async function scoresBefore(
  { path }: RunToJudge,
  { force }: Judging,
): Promise<ReadonlyMap<string, Score>> {
  const { scores = [] } = force ? {} : await readScores(path);
  return new Map(scores.map((score) => [scoreKey(score), score]));
}

async function writeCsv(path: string, scores: readonly RunScore[]): Promise<void> {
  await platform.writeWhole(path, new TextEncoder().encode(csvOf(scores))).catch((cause) => {
    throw new UserError(`Cannot write "${path}": ${platform.reason(cause)}.`, {
      code: "cannot-write",
      option: "csv",
      cause,
    });
  });
}
