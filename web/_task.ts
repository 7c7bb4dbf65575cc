/** From what a page asks for to the task that makes it. */
import { parseOptions } from "../core/options.ts";
import type { Errand, Helping } from "../jobs/hands.ts";
import { explainTask } from "../jobs/kinds/explain.ts";
import { judgeTask } from "../jobs/kinds/judge.ts";
import type { Task } from "../jobs/task.ts";
import { metrics } from "../metrics/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { isJudging, judgedRun, type Work } from "./_job.ts";

/**
 * The task of a piece of work.
 *
 * @param hand It has the model at hand from then on.
 * @throws UserError where the model cannot be loaded, or the options do not fit.
 */
export async function taskOf(work: Work, hand: Helping, signal: AbortSignal): Promise<Task> {
  const { seed } = work, model = await hand.choose(work.model, signal);
  const image = work.image && { name: work.image.name, sha256: work.image.sha256 };
  if (isJudging(work)) {
    const { id, title, options: declared } = metrics.get(work.metric);
    const options = parseOptions(declared, work.options, title);
    const input = { run: work.run, metric: { id, options }, seed, model };
    return await judgeTask({ ...input, ...(image && { mask: image }) }, judgedRun(work));
  }
  const { technique, target } = work, { options: declared, title } = techniques.get(technique);
  const options = parseOptions(declared, work.options, title);
  return await explainTask({ technique, model, options, target, seed, image });
}

/** What goes with its task. */
export const sentWith = ({ image }: Work): Errand["sent"] =>
  image && new Map([[image.sha256, image.bytes]]);
