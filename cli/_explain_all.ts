/** Explains pictures by several techniques: by those that were named, or by whichever can. */
import type { BackendName } from "../engine/backends.ts";
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { errorOf } from "../jobs/fault.ts";
import { type ExplainInput, explainTask } from "../jobs/kinds/explain.ts";
import { RunResults } from "../jobs/results.ts";
import type { Event } from "../jobs/run.ts";
import type { Model } from "../run/model.ts";
import type { Context } from "./_context.ts";
import { doTasks } from "./_do_tasks.ts";
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
  const isNamed = choosing === "named";
  const mostSteps = choosing === "few steps" ? MOST_STEPS : undefined;
  const tasks = await Promise.all(inputs.map((input) => explainTask({ ...input, mostSteps })));
  const results = new RunResults(out, new Set(inputs.map(({ technique }) => technique)), fresh);
  const paths: (string | undefined)[] = inputs.map(() => undefined), long = new Set<string>();
  let failed = 0, last: UserError | undefined;
  const hear = (event: Event) => {
    if (event.type !== "failed") return void (paths[event.at] = event.path);
    const error = errorOf(event.fault);
    if (!(error instanceof UserError) || isNamed && strict) throw error;
    last = error;
    if (error.code === "takes-long") return void long.add(inputs[event.at].technique);
    if (isNamed) failed++;
    return `${isNamed ? "error" : "left out"}: ${event.label}: ${told(error)}`;
  };
  await doTasks(verb, tasks, { results, crew, hear }, context);
  if (long.size > 0) {
    context.note(spoken(
      `left out, as they take more than ${MOST_STEPS} steps: ${
        [...long].join(", ")
      }; name those that you ` +
        `want with ${option("techniques")}, or \`all\``,
    ));
  }
  if (last && !isNamed && !paths.some((path) => path !== undefined)) throw last;
  return { paths, failed };
}
