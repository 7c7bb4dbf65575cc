/** Which pictures the classifiers of a set are trained on, and which they are tried on. */
import type { Random } from "../core/random.ts";

/** The examples of one classifier, by their numbers: those of the set, and as many of the others. */
export interface Run {
  /** Trained on these. */
  readonly train: { readonly inside: readonly number[]; readonly outside: readonly number[] };
  /** Tried on these. */
  readonly test: { readonly inside: readonly number[]; readonly outside: readonly number[] };
}

/** The share of each side that is held out, as in the authors' own code. */
const HELD_OUT = 1 / 3;

/** Some of the items, each once, in the order in which they were drawn. */
export function drawn(items: readonly number[], count: number, random: Random): number[] {
  const all = [...items];
  for (let i = 0; i < count; i++) {
    const other = random.integer(i, all.length - 1);
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, count);
}

/**
 * Draws the runs of a set: for each anew, `size` of the set's pictures against `size` of those that
 * are not in it, and a third of both held out.
 */
export function drawRuns(
  inside: readonly number[],
  outside: readonly number[],
  { runs, size, random }: { readonly runs: number; readonly size: number; readonly random: Random },
): Run[] {
  const held = Math.max(1, Math.floor(size * HELD_OUT));
  return Array.from({ length: runs }, () => {
    const [mine, others] = [drawn(inside, size, random), drawn(outside, size, random)];
    return {
      train: { inside: mine.slice(held), outside: others.slice(held) },
      test: { inside: mine.slice(0, held), outside: others.slice(0, held) },
    };
  });
}
