/** How far a mean may be from the truth, by drawing the sample from itself. */
import { meanOf } from "./correlation.ts";
import type { Random } from "./random.ts";

/** A mean, and between which numbers the mean of other such samples would lie. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** So many samples are drawn. */
const SAMPLES = 2000;

/**
 * The mean of a sample with its percentile interval (Efron, Tibshirani 1993, An Introduction to the
 * Bootstrap, chapter 13).
 *
 * @param level How likely the truth lies in it, 0..1.
 */
export function bootstrap(
  sample: readonly number[],
  random: Random,
  level = 0.95,
): Interval {
  const mean = meanOf(sample), last = sample.length - 1;
  if (sample.length < 2) return { mean, low: mean, high: mean };
  const means = Float64Array.from({ length: SAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i <= last; i++) sum += sample[random.integer(0, last)];
    return sum / sample.length;
  }).sort();
  const at = (share: number) => means[Math.round(share * (SAMPLES - 1))];
  return { mean, low: at((1 - level) / 2), high: at((1 + level) / 2) };
}
