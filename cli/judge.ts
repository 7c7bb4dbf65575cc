/** `phosphene judge`: how good explanations are, by many measures. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { withRole } from "../core/options.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { errorOf, faultOf } from "../jobs/fault.ts";
import { choiceOf } from "../jobs/kind.ts";
import { askedBy, judgeTask } from "../jobs/kinds/judge.ts";
import type { Event, Misfit } from "../jobs/run.ts";
import { ScoreResults, scoresOf } from "../jobs/score_results.ts";
import type { Task } from "../jobs/task.ts";
import { metrics } from "../metrics/mod.ts";
import { USUAL, usualMetrics, WITH_MASKS } from "../metrics/usual.ts";
import { platform } from "../platform/mod.ts";
import { type Choice, parseChoices } from "../run/choices.ts";
import { ensureWritable } from "../run/folder.ts";
import type { Metric } from "../run/metric.ts";
import { type Score, scoreKey } from "../run/scores.ts";
import type { AddCommand, Context } from "./_context.ts";
import { type Doing, doTasks } from "./_do_tasks.ts";
import { addFlags, readFlags } from "./_flags.ts";
import {
  isRun,
  makeRuns,
  ModelsOfRuns,
  type RunScore,
  runsIn,
  type RunToJudge,
  savedRun,
} from "./_judged_runs.ts";
import { fileChoice, maskFinder } from "./_masks.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { namedPictures, PICTURES } from "./_pictures.ts";
import { runOptions, targetOptions } from "./_run.ts";
import { spoken, told } from "./_say.ts";
import { csvOf, tableOf } from "./_score_table.ts";
import { chosenTechniques, techniquesOption } from "./_techniques.ts";

const judgeOptions = z.object({
  techniques: techniquesOption("judge"),
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
    .describe("How many are explained or judged at a time; default: as many as are of use"),
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
      `pictures (${PICTURES}), folders of them, saved runs, or folders of those`,
    );
  addFlags(command, judgeOptions, "Options of judge:");
  addFlags(command, targetOptions, "Target, instead of the predicted class:");
  addModelFlags(command);
  addFlags(command, runOptions, "Run:");
  command.action(async () => {
    const given = readFlags(command, judgeOptions), chosen = readFlags(command, chosenOptions);
    const { seed, out } = readFlags(command, runOptions);
    const { target } = readFlags(command, targetOptions);
    const explaining = chosenTechniques(given.techniques, "judge");
    const wanted = given.metrics === undefined
      ? undefined
      : parseChoices(given.metrics, metrics, { noun: "metrics", option: "metrics" });
    const runs: RunToJudge[] = [], sources: string[] = [];
    for (const argument of command.args) {
      const found = await isRun(argument)
        ? [await savedRun(argument)]
        : await runsIn(argument, explaining, context);
      if (found) runs.push(...found);
      else sources.push(argument);
    }
    const { backend, threads } = chosen, { workers, force } = given;
    let failed = 0, model;
    if (sources.length > 0) {
      const { paths, leftOut } = await namedPictures(sources, given.recursive);
      for (const sentence of leftOut) context.note(spoken(sentence));
      await ensureWritable(out);
      model = await loadChosen(chosen, context);
      const made = await makeRuns(paths, {
        ...{ techniques: explaining, target, seed, model, out },
        ...{ backend, threads, workers },
      }, context);
      failed += made.failed;
      runs.push(...made.runs);
    }
    if (runs.length === 0 && failed === 0) {
      throw new UserError(
        "There is nothing to judge: the runs that were found explain nothing, or are of other `techniques`.",
      );
    }
    const pictures = new Set(runs.map(({ picture, path }) => picture ?? path)).size;
    const maskOf = await maskFinder(given.mask, pictures);
    await using models = new ModelsOfRuns(model);
    const crew = { backend, threads, workers };
    const judging: Judging = { models, wanted, maskOf, seed, force, out, crew };
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
  readonly out: string;
  readonly crew: Omit<Doing["crew"], "models">;
}

/** One metric that is asked of one run. */
interface Question {
  readonly run: RunToJudge;
  /** What its score is kept under. */
  readonly key?: string;
  /** What makes it, or why it cannot be made; nothing where it is there already. */
  readonly task?: Task | Misfit;
}

/** What is asked of a run; its model is loaded where not all of it is known already. */
async function questionsOf(run: RunToJudge, judging: Judging): Promise<readonly Question[]> {
  const { models, maskOf, seed, force } = judging, { manifest: { image, technique }, path } = run;
  const label = `${image?.name} ${technique.id}`;
  const found = await maskOf(run.picture), mask = found && await fileChoice(found);
  const wanted = judging.wanted ?? usualMetrics(mask !== undefined);
  const known = force ? new Map<string, Score>() : await scoresOf(path);
  const asked = wanted.map(({ thing: { id, needs }, options }) => {
    const where = needs === "mask" && mask ? { mask } : {};
    const input = { run: path, metric: { id, options }, ...where, seed };
    return { run, input, key: scoreKey(askedBy(input)) };
  });
  const isKnown = ({ key }: { readonly key: string }) => known.has(key);
  if (asked.every(isKnown)) return asked;
  try {
    const model = choiceOf(await models.of(run));
    return await Promise.all(asked.map(async (question) => ({
      ...question,
      ...(!isKnown(question) && { task: await judgeTask({ ...question.input, model }, label) }),
    })));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [...asked.filter(isKnown), { run, task: { label, fault: faultOf(error) } }];
  }
}

/** Judges each run by each metric; a metric that cannot is told, and the rest go on. */
async function judgeAll(
  runs: readonly RunToJudge[],
  judging: Judging,
  context: Context,
): Promise<{ readonly scores: readonly RunScore[]; readonly failed: number }> {
  const { models, crew, out, force } = judging, questions: Question[] = [];
  for (const run of runs) {
    context.signal.throwIfAborted();
    questions.push(...await questionsOf(run, judging));
  }
  const open = questions.filter(({ task }) => task), failed = new Set<Question>();
  const hear = (event: Event) => {
    if (event.type !== "failed") return undefined;
    const error = errorOf(event.fault);
    if (!(error instanceof UserError) || runs.length === 1) throw error;
    failed.add(open[event.at]);
    return `error: ${event.label}: ${told(error)}`;
  };
  const results = new ScoreResults(out, force);
  const doing = { results, crew: { ...crew, models: await models.all() }, hear };
  await doTasks("judge", open.map(({ task }) => task!), doing, context);
  const kept = new Map<string, ReadonlyMap<string, Score>>(), scores: RunScore[] = [];
  for (const question of questions) {
    const { run, key } = question;
    if (key === undefined || failed.has(question)) continue;
    if (!kept.has(run.path)) kept.set(run.path, await scoresOf(run.path));
    const score = kept.get(run.path)!.get(key);
    if (score) scores.push({ run, score });
  }
  return { scores, failed: failed.size };
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
