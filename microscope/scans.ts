/** Looks at all pictures, some of them at a time. */
import { type ScanInput, scanTask, type ScanTold } from "../jobs/kinds/scan.ts";
import { choiceOf } from "../jobs/kind.ts";
import type { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { chunksOf } from "./_chunks.ts";
import type { MicroscopePlan } from "./plan.ts";
import { sampledOf } from "./samples.ts";

/** Pictures that one task looks at. */
const AT_ONCE = 100;

/** Some pictures that were looked at. */
export interface Scanned {
  readonly task: Task;
  /** The number of its first picture. */
  readonly from: number;
  readonly told: ScanTold;
}

/** Looks at them; those that could not be done are missing. */
export async function scanAll(
  plan: MicroscopePlan,
  results: KeyResults,
): Promise<readonly Scanned[]> {
  const model = choiceOf(plan.model), layers = plan.layers.map(({ node }) => node);
  const sampled = sampledOf(plan.pictures.length);
  const tasks = await Promise.all(
    chunksOf(plan.pictures, AT_ONCE).map(async (pictures, i) => {
      const from = i * AT_ONCE, input: ScanInput = { model, layers, pictures, sampled };
      const label = `pictures ${from + 1} to ${from + pictures.length}`;
      return { from, task: await scanTask(input, label) };
    }),
  );
  const failed = await plan.perform("pictures", tasks.map(({ task }) => task), results);
  const done = tasks.filter(({ task }) => !failed.includes(task.label));
  return await Promise.all(
    done.map(async ({ task, from }) => ({
      ...{ task, from, told: await results.told(task) as ScanTold },
    })),
  );
}
