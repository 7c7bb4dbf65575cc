/** From what a page asks for to the task that makes it. */
import { parseOptions } from "../core/options.ts";
import type { Errand, Helping } from "../jobs/hands.ts";
import { explainTask } from "../jobs/kinds/explain.ts";
import type { Task } from "../jobs/task.ts";
import { techniques } from "../techniques/mod.ts";
import type { Work } from "./_job.ts";

/**
 * The task of a run.
 *
 * @param hand It has the model at hand from then on.
 * @throws UserError where the model cannot be loaded, or the options do not fit.
 */
export async function taskOf(work: Work, hand: Helping, signal: AbortSignal): Promise<Task> {
  const { model, options, target, seed, image } = work, technique = techniques.get(work.technique);
  return await explainTask({
    technique: technique.id,
    model: await hand.choose(model, signal),
    options: parseOptions(technique.options, options, technique.title),
    ...{ target, seed },
    image: image && { name: image.name, sha256: image.sha256 },
  });
}

/** What goes with its task. */
export const sentWith = ({ image }: Work): Errand["sent"] =>
  image && new Map([[image.sha256, image.bytes]]);
