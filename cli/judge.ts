/** `phosphene judge`: how good explanations are, by many measures. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { withRole } from "../core/options.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { crewFor, type CrewSettings } from "../jobs/crew.ts";
import { errorOf, faultOf } from "../jobs/fault.ts";
import { choiceOf } from "../jobs/kind.ts";
import { judgeTask } from "../jobs/kinds/judge.ts";
import { type Misfit, runTasks } from "../jobs/run.ts";
import { scoreOf, ScoreResults } from "../jobs/score_results.ts";
import type { Task } from "../jobs/task.ts";
import { metrics } from "../metrics/mod.ts";
import { USUAL, usualMetrics, WITH_MASKS } from "../metrics/usual.ts";
import { platform } from "../platform/mod.ts";
import { type Choice, parseChoices } from "../run/choices.ts";
import { ensureWritable } from "../run/folder.ts";
import type { Metric } from "../run/metric.ts";
import type { AddCommand, Context } from "./_context.ts";
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
    const { backend, threads } = chosen, { workers, force } = given, { plugins } = context;
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
    const crew = { backend, threads, plugins, workers };
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
  readonly crew: Omit<CrewSettings, "models" | "tasks">;
}

/** One metric that is asked of one run: the task, or why there can be none. */
interface Question {
  readonly run: RunToJudge;
  readonly task: Task | Misfit;
}

/** What is asked of a run. */
async function questionsOf(run: RunToJudge, judging: Judging): Promise<readonly Question[]> {
  const { manifest: { image, technique }, path } = run, label = `${image?.name} ${technique.id}`;
  const found = await judging.maskOf(run.picture), mask = found && await fileChoice(found);
  try {
    const model = choiceOf(await judging.models.of(run)), { seed } = judging;
    return await Promise.all(
      (judging.wanted ?? usualMetrics(mask !== undefined)).map(
        async ({ thing: { id, needs }, options }) => {
          const where = needs === "mask" && mask ? { mask } : {};
          const input = { run: path, metric: { id, options }, ...where, seed, model };
          return { run, task: await judgeTask(input, label) };
        },
      ),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ run, task: { label, fault: faultOf(error) } }];
  }
}

/** Judges each run by each metric; a metric that cannot is told, and the rest go on. */
async function judgeAll(
  runs: readonly RunToJudge[],
  judging: Judging,
  context: Context,
): Promise<{ readonly scores: readonly RunScore[]; readonly failed: number }> {
  const { signal } = context, questions: Question[] = [];
  for (const run of runs) {
    signal.throwIfAborted();
    questions.push(...await questionsOf(run, judging));
  }
  const tasks = questions.map(({ task }) => task), models = await judging.models.all();
  const meter = context.meter("judge"), failed = new Set<number>();
  let ended = 0;
  try {
    await runTasks(tasks, {
      signal,
      results: new ScoreResults(judging.out, judging.force),
      hands: await crewFor({ ...judging.crew, models, tasks: tasks.length }),
      progress: ({ label, step, of }) =>
        meter.update(ended, tasks.length, `${label} ${step}/${of}`),
      hear(event) {
        if (event.type === "failed") {
          const error = errorOf(event.fault);
          if (!(error instanceof UserError) || runs.length === 1) throw error;
          failed.add(event.at);
          meter.clear();
          context.note(`error: ${event.label}: ${told(error)}`);
        }
        meter.update(++ended, tasks.length, tasks[event.at].label);
      },
    });
  } finally {
    meter.stop();
  }
  const scores: RunScore[] = [];
  for (const [at, { run, task }] of questions.entries()) {
    const score = "key" in task && !failed.has(at) ? await scoreOf(task) : undefined;
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
