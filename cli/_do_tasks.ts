/** Tasks done by this program and helpers beside it, with a meter that names the one under way. */
import { crewFor, type CrewSettings } from "../jobs/crew.ts";
import type { Results } from "../jobs/results.ts";
import { type Event, type Misfit, runTasks } from "../jobs/run.ts";
import type { Task } from "../jobs/task.ts";
import type { Context } from "./_context.ts";

/** What becomes of the tasks, and who does them. */
export interface Doing {
  readonly results: Results;
  readonly crew: Omit<CrewSettings, "plugins" | "tasks">;
  /** Hears what became of each; what it says is noted. What it throws ends the work. */
  hear(event: Event): string | undefined;
}

/**
 * Does tasks; nobody is started for none.
 *
 * @param verb What the meter calls it.
 * @throws as `runTasks`.
 */
export async function doTasks(
  verb: string,
  tasks: readonly (Task | Misfit)[],
  { results, crew, hear }: Doing,
  context: Context,
): Promise<void> {
  if (tasks.length === 0) return;
  const { signal, plugins } = context, meter = context.meter(verb), count = tasks.length;
  let ended = 0;
  try {
    meter.update(0, count, tasks[0].label);
    await runTasks(tasks, {
      ...{ signal, results },
      hands: await crewFor({ ...crew, plugins, tasks: count }),
      hear(event) {
        const note = hear(event);
        if (note !== undefined) {
          meter.clear();
          context.note(note);
        }
        meter.update(++ended, count, tasks[event.at].label);
      },
      progress: ({ label, step, of }) =>
        of > 1 && meter.update(ended, count, `${label} ${step}/${of}`),
    });
  } finally {
    meter.stop();
  }
}
