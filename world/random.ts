/** The drawn world's own seeded numbers, so that its pictures never change with anything else. */

/** A seeded stream of numbers. */
export interface Stream {
  /** The next number, in 0..1 without 1. */
  next(): number;
  /** A number between `low` and `high`. */
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of the list. */
  pick<T>(list: readonly T[]): T;
}

/** Mixes whole numbers into 32 bits; the same for the same numbers on every machine. */
export function hash(...numbers: number[]): number {
  let h = 0x9e3779b9;
  for (const n of numbers) {
    h = Math.imul(h ^ n, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/**
 * A stream that `seed` and `purpose` fix (mulberry32): two purposes of one seed are independent.
 *
 * @example
 * ```ts
 * stream(7, 1).next() === stream(7, 1).next(); // true
 * ```
 */
export function stream(seed: number, purpose: number): Stream {
  let state = hash(seed, purpose);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + (high - low) * next();
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  return {
    next,
    between,
    whole,
    chance: (p) => next() < p,
    pick: (list) => list[whole(0, list.length - 1)],
  };
}
