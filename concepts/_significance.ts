/**
 * Whether a set of pictures stands out among sets drawn by chance. If a concept's pictures are like the
 * random ones, every set of as many pictures, drawn from both together, could as well have been the
 * concept: its results are one draw among theirs (a permutation test, exact for any number of
 * pictures). The runs of one concept are no independent samples, for they share its pictures: a t-test
 * over them takes folders of random pictures for significant far more often than its level says.
 */
import type { Response } from "./_scores.ts";

/** Scores that differ by less are the same but for rounding. */
const SAME = 1e-9;

/** By the score, and where scores are equal, as they are where all pictures agree, by the sensitivity. */
const compare = (a: Response, b: Response) =>
  Math.abs(a.score - b.score) > SAME ? a.score - b.score : a.sensitivity - b.sensitivity;

/** p of a result among those of sets drawn by chance: how often these are as large, or as small. */
export function twoSided(found: Response, chance: readonly Response[]): number {
  const above = chance.filter((other) => compare(other, found) >= 0).length;
  const below = chance.filter((other) => compare(other, found) <= 0).length;
  return Math.min(1, 2 * (1 + Math.min(above, below)) / (1 + chance.length));
}

/** p of a number among others: how often these are as large. */
export const oneSided = (found: number, chance: readonly number[]): number =>
  (1 + chance.filter((other) => other >= found).length) / (1 + chance.length);

/** Bonferroni: p of the smallest of so many tests. */
export const corrected = (p: number, tests: number): number => Math.min(1, p * tests);

/** The share of numbers below which a part of them lies, interpolated between neighbours. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b), at = (sorted.length - 1) * share;
  const below = Math.floor(at), above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
