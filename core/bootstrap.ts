/** How far a mean may be from the truth, by drawing the sample from itself. */
import { meanOf } from "./correlation.ts";
import type { Random } from "./random.ts";

/** A mean, and between which numbers the mean of other such samples would lie. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Of the normal law: as far from the middle as 95 % reach. */
const REACH_95 = 1.959964;

/**
 * A share with the interval of Wilson (1927, Probable Inference, the Law of Succession, and Statistical
 * Inference), 95 %: of 8 in 8 it knows that 8 are few, which drawing the sample from itself does not.
 */
export function shareOf(hits: number, count: number): Interval {
  if (count === 0) return { mean: 0, low: 0, high: 1 };
  const mean = hits / count, z = REACH_95 ** 2 / count, middle = (mean + z / 2) / (1 + z);
  const far = REACH_95 / (1 + z) * Math.sqrt(mean * (1 - mean) / count + z / count / 4);
  return { mean, low: Math.max(0, middle - far), high: Math.min(1, middle + far) };
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
