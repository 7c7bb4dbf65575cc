/** `phosphene job`: many pictures, techniques, classes and values of options as one piece of work. */
import type { Command } from "../deps/commander.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { namesIn, optionFields } from "../core/options.ts";
import { MOST_THREADS } from "../engine/runtime.ts";
import { classList } from "../run/classes.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Model } from "../run/model.ts";
import { techniques } from "../techniques/mod.ts";
import type { Failure, Job } from "../jobs/job.ts";
import type { ExplainInput } from "../jobs/kinds/explain.ts";
import type { Queue } from "../jobs/queue/connect.ts";
import type { Event } from "../jobs/run.ts";
import type { AddCommand, Context } from "./_context.ts";
import { ownDoers, remoteDoers } from "./_doers.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { paceMeter } from "./_pace.ts";
import { namedPictures, PICTURES } from "./_pictures.ts";
import { queueOptions } from "./_queue.ts";
import { runOptions, targetOptions } from "./_run.ts";
import { spoken } from "./_say.ts";
import { likely, table } from "./_text.ts";

/** Most failures that are shown; all are in the file. */
const MOST_SHOWN = 20;

const FOLDER = "the job's folder";

const planOptions = z.object({
  techniques: z.array(z.string().min(1, "a name is missing")).min(1).default(["saliency"])
    .describe("Attributions, by id, separated by commas"),
  classes: z.array(z.string().min(1, "a name is missing")).min(1).optional()
    .describe(
      "Classes to explain, by number or name, separated by commas; default: the predicted one",
    ),
  set: z.string().min(1).optional().describe(
    "Options of the techniques, with one value or several: `samples=10,50; sigma=0.1` runs each",
  ),
  recursive: z.boolean().default(false).describe("Look into subfolders too"),
});

const workOptions = z.object({
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many tasks are done at a time; default: as many as are of use"),
});

export const addJob: AddCommand = (program, context) => {
  const job = program.command("job")
    .summary("Plan and run many explanations as one piece of work")
    .description(
      "A job is a folder with a list of tasks: each picture with each technique, class and value of an " +
        "option. A task is done once, whoever does it; a job that was stopped goes on where it was.",
    );
  planning(job, context);
  const on = (name: string, summary: string, description: string) =>
    job.command(name).summary(summary).description(description).argument("<job>", FOLDER);
  const run = on(
    "run",
    "Do what is left of a job",
    "Does the tasks that are not done yet, several at a time. Ctrl-C leaves what is done; run it again " +
      "to go on. What fails is told at the end and stops nothing.",
  );
  addFlags(run, workOptions, "Run:");
  addFlags(run, queueOptions, "On other machines, where `phosphene worker` runs:");
  run.action(async (folder: string) => {
    const { Job } = await import("../jobs/job.ts");
    const given = { ...readFlags(run, workOptions), ...readFlags(run, queueOptions) };
    await runJob(await Job.open(folder), given, context);
  });
  const state = on(
    "status",
    "Tell how far a job has come",
    "Counts what is done, what failed and what is left.",
  );
  addFlags(state, queueOptions, "On other machines:");
  state.action(async (folder: string) => {
    const { Job } = await import("../jobs/job.ts");
    await status(await Job.open(folder), readFlags(state, queueOptions), context);
  });
  const stop = on(
    "cancel",
    "Stop a job that runs",
    "Stops a job that runs elsewhere on this machine, and takes its tasks back from a queue; what is " +
      "done stays.",
  );
  addFlags(stop, queueOptions, "On other machines:");
  stop.action(async (folder: string) => {
    const { Job } = await import("../jobs/job.ts");
    await cancel(await Job.open(folder), readFlags(stop, queueOptions), context);
  });
};

function planning(job: Command, context: Context): void {
  const command = job.command("plan")
    .summary("List the tasks of a job")
    .description(
      "Writes a folder with a list of tasks: each picture with each technique, class and value of an " +
        "option. `phosphene job run` does them.",
    )
    .argument("<job>", `${FOLDER}, which is made`)
    .argument("<image...>", `pictures to explain (${PICTURES}), or folders of them`);
  addFlags(command, planOptions, "Options of plan:");
  addFlags(command, targetOptions, "Target, instead of a class:");
  addModelFlags(command);
  addFlags(command, runOptions.pick({ seed: true }), "Run:");
  command.action(async (folder: string, named: string[]) => {
    const given = readFlags(command, planOptions), chosen = readFlags(command, chosenOptions);
    const { seed } = readFlags(command, runOptions.pick({ seed: true }));
    const { target } = readFlags(command, targetOptions);
    const [{ Job }, { explainTasks, variantsOf, wholePath }] = await Promise.all([
      import("../jobs/job.ts"),
      import("../jobs/plan.ts"),
    ]);
    const { paths: pictures, leftOut } = await namedPictures(named, given.recursive);
    for (const sentence of leftOut) context.note(spoken(sentence));
    const wanted = given.techniques.map(attribution), settings = settingsIn(given.set ?? "");
    variantsOf({ techniques: wanted, classes: given.classes ?? [], settings });
    const model = await loadChosen(chosen, context);
    const classes = given.classes ? [...classList(model, given.classes).values()] : [];
    const variants = variantsOf({ techniques: wanted, classes, settings });
    const meter = context.meter("reading pictures");
    try {
      const { head: { tasks } } = await Job.plan(
        folder,
        explainTasks({
          ...{ model, variants, target, seed, pictures },
          onLeftOut(sentence) {
            meter.clear();
            context.note(`left out: ${spoken(sentence)}`);
          },
          onProgress(picture) {
            context.signal.throwIfAborted();
            meter.update(picture, pictures.length);
          },
        }),
        { backend: chosen.backend, plugins: await Promise.all(context.plugins.map(wholePath)) },
      );
      meter.stop();
      context.print(
        { job: folder, tasks },
        () => `${tasks} tasks in "${folder}"; phosphene job run ${folder} does them.`,
      );
    } finally {
      meter.stop();
    }
  });
}

function attribution(id: string): AttributionTechnique {
  const technique = techniques.get(id);
  if (technique.kind === "attribution") return technique;
  throw new UserError(
    `Cannot plan ${id}: a job explains pictures, and ${id} is no attribution.`,
    { code: "bad-option", option: "techniques" },
  );
}

/** `a=1,2; b=3` */
function settingsIn(text: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const part of text.split(";").map((part) => part.trim()).filter(Boolean)) {
    const [, flag, values] = /^([\w-]+)\s*=(.*)$/.exec(part) ?? [];
    if (!flag || !values?.trim()) {
      throw new UserError(
        `Cannot read \`set\`: "${part}" is no option with its values, such as samples=10,50.`,
        { code: "bad-option", option: "set" },
      );
    }
    settings.set(nameOf(flag), namesIn(values).filter(Boolean));
  }
  return settings;
}

/** The name in its schema of an option that may be written as a flag is. */
function nameOf(flag: string): string {
  const fields = [...techniques].flatMap(({ options }) => optionFields(options));
  return fields.find((field) => field.flag === flag.replace(/^--/, ""))?.name ?? flag;
}

type Given = z.output<typeof workOptions> & z.output<typeof queueOptions>;

async function runJob(job: Job, given: Given, context: Context): Promise<void> {
  const { folder, head } = job, { signal: outer, json } = context, { queue } = given;
  const [{ runTasks }, { wholePath }, { loadPlugin }] = await Promise.all([
    import("../jobs/run.ts"),
    import("../jobs/plan.ts"),
    import("../run/plugins/mod.ts"),
  ]);
  const loaded = await Promise.all(context.plugins.map(wholePath));
  for (const file of head.plugins) if (!loaded.includes(file)) await loadPlugin(file);
  const meter = context.meter(folder), pace = paceMeter(), failures: Failure[] = [];
  let ended = 0, busy = "";
  const show = () => {
    meter.update(ended, head.tasks, [pace(ended, head.tasks), busy].filter(Boolean).join("  "));
  };
  const hear = (event: Event) => {
    ended++;
    if (event.type === "failed") {
      const { label, fault: { stack: _, ...fault } } = event;
      failures.push({ label, fault });
      meter.clear();
      context.note(`error: ${label}: ${spoken(fault.message)}`);
    } else if (event.type === "done" && !json) {
      const { target } = event.told as Manifest, { label } = event.task;
      meter.clear();
      context.print(undefined, () => `${label}  ${target ? likely(target) : ""}  ${event.path}`);
    }
    show();
  };
  try {
    await job.alone(outer, async (signal) => {
      show();
      const results = job.results();
      const { backend, plugins, tasks } = head, { workers } = given;
      await using doers = queue === undefined
        ? await ownDoers({
          ...{ models: [await firstModel(job, signal)], backend, plugins, tasks, workers },
        })
        : await remoteDoers({ ...given, queue }, head.id, tasks);
      const count = await runTasks(job.tasks(), {
        ...{ hands: doers.hands, results, signal },
        hear(event) {
          hear(event);
          void doers.tell?.({ tasks, ended, failed: failures.length });
        },
        progress({ label, step, of }) {
          busy = of > 1 ? `${label} ${step}/${of}` : "";
          show();
        },
      });
      meter.stop();
      await job.writeFailures(failures);
      if (json) context.print({ job: folder, out: job.out, ...count, failures }, () => "");
      const summary = `${count.done} done, ${count.skipped} done before, ${count.failed} failed`;
      if (count.failed) {
        throw new UserError(
          `Not all ${head.tasks} tasks of "${folder}" worked: ${summary}. ` +
            `${folder}/failed.json lists those that did not.`,
        );
      }
      context.note(`${summary}; the results are in ${job.out}`);
    });
  } finally {
    meter.stop();
  }
}

/** The model of the first task, which is loaded before others begin. */
async function firstModel(job: Job, signal: AbortSignal): Promise<Model> {
  const { modelFor } = await import("../jobs/perform.ts");
  for await (const { input } of job.tasks()) {
    return await modelFor((input as ExplainInput).model, signal);
  }
  throw new UserError(`The job "${job.folder}" has no tasks.`, { code: "bad-file" });
}

/** Asks a queue, where there is one. */
async function asked<R>(
  given: z.output<typeof queueOptions>,
  ask: (queue: Queue, how: typeof import("../jobs/queue/progress.ts")) => Promise<R>,
): Promise<R | undefined> {
  if (given.queue === undefined) return undefined;
  const { openQueue } = await import("../jobs/queue/connect.ts");
  const queue = await openQueue({ ...given, queue: given.queue });
  try {
    return await ask(queue, await import("../jobs/queue/progress.ts"));
  } finally {
    await queue.connection.close();
  }
}

async function status(
  job: Job,
  given: z.output<typeof queueOptions>,
  context: Context,
): Promise<void> {
  const results = job.results(), { folder, head: { id, tasks: all } } = job;
  const queue = await asked(given, (queue, { stateOfJob }) => stateOfJob(queue, id));
  let done = 0;
  for await (const task of job.tasks()) if (await results.find(task)) done++;
  const failures = await job.failures(), failed = Math.min(failures.length, all - done);
  const running = await job.isRunning();
  const state = running ? "running" : done === all ? "done" : "not running";
  const left = all - done - (running ? 0 : failed);
  context.print(
    { job: folder, state, tasks: all, done, failed, left, out: job.out, failures, queue },
    () =>
      table([
        ["job", `${folder}, ${state}`],
        ["done", `${done} of ${all}`],
        ...failed ? [["failed", `${failed}, when it last ran`]] : [],
        ...failures.slice(0, MOST_SHOWN)
          .map(({ label, fault }) => ["", `${label}: ${spoken(fault.message)}`]),
        ...queue ? [["queue", `${queue.waiting} wait or are being done`]] : [],
        ...queue?.told ? [["", `${queue.told.ended} had ended at ${queue.told.at}`]] : [],
        ["results", job.out],
      ]),
  );
}

async function cancel(
  job: Job,
  given: z.output<typeof queueOptions>,
  context: Context,
): Promise<void> {
  const running = await job.isRunning(), { folder, head: { id } } = job;
  if (running) await job.cancel();
  const takenBack = await asked(given, (queue, { takeBack }) => takeBack(queue, id));
  context.print({ job: folder, cancelled: running, takenBack }, () =>
    [
      running ? `The job "${folder}" is being stopped.` : `The job "${folder}" does not run.`,
      ...takenBack === undefined ? [] : [`${takenBack} tasks were taken back from the queue.`],
    ].join("\n"));
}
