/** Results that are scores, each with the run that was judged. */
import { platform } from "../platform/mod.ts";
import { unwritable } from "../run/folder.ts";
import { keepScore, readScores, type Score, scoreKey } from "../run/scores.ts";
import { askedBy, type JudgeInput } from "./kinds/judge.ts";
import type { Results } from "./results.ts";
import type { Task } from "./task.ts";

const inputOf = ({ input }: Task) => input as JudgeInput;

/** The scores of a run, by what they are kept under; none where its list is damaged. */
export async function scoresOf(run: string): Promise<ReadonlyMap<string, Score>> {
  const { scores = [] } = await readScores(run);
  return new Map(scores.map((score) => [scoreKey(score), score]));
}

/** The scores of runs, in the folders of these. */
export class ScoreResults implements Results {
  /**
   * @param out The folder of the runs.
   * @param fresh Whether scores that are there already do not count.
   */
  constructor(readonly out: string, readonly fresh = false) {}

  async find(task: Task): Promise<string | undefined> {
    if (this.fresh) return undefined;
    const input = inputOf(task), { run } = input;
    return (await scoresOf(run)).has(scoreKey(askedBy(input))) ? run : undefined;
  }

  async begin(task: Task): Promise<string> {
    const { run } = inputOf(task);
    try {
      await platform.sweep(run); // what was left by one that was killed
      return await platform.makeTemporaryFolder(run);
    } catch (error) {
      throw unwritable(run, error);
    }
  }

  async keep(task: Task, folder: string, told: unknown): Promise<{ path: string; told: unknown }> {
    const { run } = inputOf(task);
    await keepScore(run, told as Score, folder);
    await platform.remove(folder);
    return { path: run, told };
  }
}
