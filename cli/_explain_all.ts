/** Explains pictures by several techniques: by those that were named, or by whichever can. */
import type { BackendName } from "../engine/backends.ts";
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { crewFor } from "../jobs/crew.ts";
import { errorOf } from "../jobs/fault.ts";
import { type ExplainInput, explainTask } from "../jobs/kinds/explain.ts";
import { RunResults } from "../jobs/results.ts";
import { runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import type { Model } from "../run/model.ts";
import type { Context } from "./_context.ts";
import { spoken, told } from "./_say.ts";

/** A technique that was not named may take so many steps: with some, and large networks, hours go by. */
export const MOST_STEPS = 300;

/** How the techniques came to be chosen. */
export type Choosing = "named" | "few steps" | "all";

/** What explains, and how. */
export interface Explaining {
  readonly choosing: Choosing;
  /** Whether one that was named and cannot explain ends all. */
  readonly strict: boolean;
  /** Whether runs that are there already are made again. */
  readonly fresh: boolean;
  readonly models: readonly Model[];
  readonly out: string;
  readonly backend: BackendName | "auto";
  readonly threads?: number;
  readonly workers?: number;
}

/** What came of it. */
export interface Explained {
  /** The run of each input; undefined where it was left out, or failed. */
  readonly paths: readonly (string | undefined)[];
  /** How many failed that were asked for. */
  readonly failed: number;
}

/**
 * Explains, and saves what comes out. Of techniques that were not named, those that cannot explain a
 * picture are left out, which is told.
 *
 * @param verb What the meter calls it.
 * @throws UserError where nothing at all can be explained, or, strictly, one that was named.
 */
export async function explainAll(
  verb: string,
  inputs: readonly ExplainInput[],
  { choosing, strict, fresh, out, ...crew }: Explaining,
  context: Context,
): Promise<Explained> {
  const { signal, plugins } = context, isNamed = choosing === "named";
  const mostSteps = choosing === "few steps" ? MOST_STEPS : undefined;
  const tasks = await Promise.all(inputs.map((input) => explainTask({ ...input, mostSteps })));
  const results = new RunResults(out, new Set(inputs.map(({ technique }) => technique)), fresh);
  const paths: (string | undefined)[] = [], long = new Set<string>(), meter = context.meter(verb);
  let ended = 0, failed = 0, last: UserError | undefined;
  const fails = (task: Task, technique: string, error: Error) => {
    if (!(error instanceof UserError) || isNamed && strict) throw error;
    last = error;
    if (error.code === "takes-long") return void long.add(technique);
    meter.clear();
    context.note(`${isNamed ? "error" : "left out"}: ${task.label}: ${told(error)}`);
    if (isNamed) failed++;
  };
  try {
    meter.update(0, tasks.length, tasks[0]?.label);
    await runTasks(tasks, {
      ...{ signal, results },
      hands: await crewFor({ ...crew, plugins, tasks: tasks.length }),
      hear(event) {
        const task = tasks[event.at];
        if (event.type === "failed") {
          fails(task, inputs[event.at].technique, errorOf(event.fault));
        } else paths[event.at] = event.path;
        meter.update(++ended, tasks.length, task.label);
      },
      progress: ({ label, step, of }) =>
        of > 1 && meter.update(ended, tasks.length, `${label} ${step}/${of}`),
    });
  } finally {
    meter.stop();
  }
  if (long.size > 0) {
    context.note(spoken(
      `left out, as they take more than ${MOST_STEPS} steps: ${
        [...long].join(", ")
      }; name those that you ` +
        `want with ${option("techniques")}, or \`all\``,
    ));
  }
  if (last && !isNamed && !paths.some((path) => path !== undefined)) throw last;
  return { paths: inputs.map((_, at) => paths[at]), failed };
}
