/** Results that are scores, each with the run that was judged. */
import { platform } from "../platform/mod.ts";
import { unwritable } from "../run/folder.ts";
import { keepScore, readScores, type Score, scoreKey } from "../run/scores.ts";
import { askedBy, type JudgeInput } from "./kinds/judge.ts";
import type { Results } from "./results.ts";
import type { Task } from "./task.ts";

const runOf = ({ input }: Task): string => (input as JudgeInput).run;

/** The score of a task, where its run has it. */
export async function scoreOf({ input }: Task): Promise<Score | undefined> {
  const { run, ...asked } = input as JudgeInput, key = scoreKey(askedBy({ run, ...asked }));
  return (await readScores(run)).scores?.find((score) => scoreKey(score) === key);
}

/** The scores of runs, in the folders of these. */
export class ScoreResults implements Results {
  /**
   * @param out The folder of the runs.
   * @param fresh Whether scores that are there already do not count.
   */
  constructor(readonly out: string, readonly fresh = false) {}

  async find(task: Task): Promise<string | undefined> {
    return !this.fresh && await scoreOf(task) ? runOf(task) : undefined;
  }

  async begin(task: Task): Promise<string> {
    const run = runOf(task);
    try {
      await platform.sweep(run); // what was left by one that was killed
      return await platform.makeTemporaryFolder(run);
    } catch (error) {
      throw unwritable(run, error);
    }
  }

  async keep(task: Task, folder: string, told: unknown): Promise<{ path: string; told: unknown }> {
    const path = runOf(task);
    await keepScore(path, told as Score, folder);
    await platform.remove(folder);
    return { path, told };
  }
}
