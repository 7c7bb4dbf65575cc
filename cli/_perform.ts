/** Tasks done by this program with helpers, or by workers of a queue, with a meter. */
import type { BackendName } from "../engine/backends.ts";
import type { Results } from "../jobs/results.ts";
import { runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import type { Model } from "../run/model.ts";
import type { Context } from "./_context.ts";
import { ownDoers, remoteDoers } from "./_doers.ts";
import { paceMeter } from "./_pace.ts";
import { spoken } from "./_say.ts";
import type { QueueFlags } from "./_queue.ts";

/** Who does them. */
export interface Doing extends QueueFlags {
  readonly model: Model;
  readonly backend: BackendName | "auto";
  readonly threads?: number;
  readonly workers?: number;
  /** What is said before each that fails. Default: `left out`. */
  readonly failing?: "left out" | "error";
}

/**
 * Does tasks whose results are not there yet; tells of those that fail, and goes on.
 *
 * @returns Why tasks failed, by their labels.
 */
export async function perform(
  what: string,
  tasks: readonly Task[],
  results: Results,
  doing: Doing,
  context: Context,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>(), { signal, plugins } = context;
  let left = 0;
  for (const task of tasks) if (await results.find(task) === undefined) left++;
  // nobody need be started for what is there already
  if (left === 0) return failed;
  const { model, backend, threads, workers, queue, failing = "left out" } = doing;
  const meter = context.meter(what), pace = paceMeter();
  let ended = 0;
  try {
    meter.update(0, tasks.length);
    await using doers = await (queue === undefined
      ? ownDoers({ models: [model], backend, threads, plugins, tasks: left, workers })
      : remoteDoers({ ...doing, queue }, crypto.randomUUID(), left));
    await runTasks(tasks, {
      ...{ hands: doers.hands, signal, results },
      hear(event) {
        if (event.type === "failed") {
          meter.clear();
          context.note(`${failing}: ${event.label}: ${spoken(event.fault.message)}`);
          failed.set(event.label, event.fault.message);
        }
        meter.update(++ended, tasks.length, pace(ended, tasks.length));
      },
    });
  } finally {
    meter.stop();
  }
  return failed;
}
