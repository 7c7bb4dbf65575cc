/** What a report is made of, and who does its work. */
import type { Chosen, KnownPicture } from "../jobs/kind.ts";
import type { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import type { Model } from "../run/model.ts";
import type { Stranger } from "./data.ts";

/** Does tasks, and keeps their results; the labels of those that failed, with reasons. */
export type Perform = (
  what: string,
  tasks: readonly Task[],
  results: KeyResults,
) => Promise<ReadonlyMap<string, string>>;

/** What a report is made of. */
export interface ReportPlan {
  readonly model: Model;
  readonly pictures: readonly KnownPicture[];
  /** Classes that some are said to be of, and the network does not have. */
  readonly strangers: readonly Stranger[];
  /** What explains them, with every option. */
  readonly technique: Chosen;
  readonly seed: number;
  /** The folder that it is written to. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly perform: Perform;
  readonly onProgress: (what: string, step: number, of: number) => void;
}
