/**
 * What finished runs explained, with what makes its scores: runs themselves are data. Known by
 * their `target`, which is the same in a copy of the run.
 */
import type { RunTarget } from "./run.ts";
import type { Target } from "./technique.ts";

const targets = new WeakMap<object, Target & RunTarget>();

/** Remembers what a run with this target explained. */
export const rememberTarget = (of: object, target: Target & RunTarget): void =>
  void targets.set(of, target);

/** What a run of this program with this target explained; undefined for any other. */
export const explainedBy = (of: object): Target & RunTarget | undefined => targets.get(of);
