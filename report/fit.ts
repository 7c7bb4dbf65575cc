/** Whether pictures are prepared as the network would have them. */
import type { Prepared } from "./data.ts";

/** More than this is far from the pictures of training: half or twice as spread, say. */
const FAR = Math.LN2;
/** An alternative is told where it names so much more of the pictures right. */
const MUCH = 0.15;

/**
 * How far prepared pictures are from those of training, by the first batch-norm layer, the one next to
 * them: the shift, and the logarithm of the spread whichever way; undefined where there is no such layer.
 */
export const distanceOf = ({ drift: [first] }: Prepared): number | undefined =>
  first && first.shift + Math.abs(Math.log(first.spread));

/** Whether pictures prepared as the model says are far from those of its training. */
export const isFar = (prepared: Prepared): boolean => (distanceOf(prepared) ?? 0) > FAR;

/**
 * Whether another way is much better than the model's own: it names more right, beyond chance, or the
 * pictures are near to those of training only then, and no fewer are right. Certainty says nothing: larger
 * numbers make any network more certain, right or wrong.
 */
export function fitsBetter(own: Prepared, other: Prepared): boolean {
  const gain = (other.accuracy?.mean ?? 0) - (own.accuracy?.mean ?? 0);
  if (gain > MUCH && other.accuracy!.low > own.accuracy!.mean) return true;
  const before = distanceOf(own), after = distanceOf(other);
  return before !== undefined && after !== undefined && gain >= 0 &&
    before > FAR && after < FAR && after < before / 2;
}

/** The best of the ways that are much better than the model's own, the first; undefined where none is. */
export function betterWay([own, ...others]: readonly Prepared[]): Prepared | undefined {
  const byAccuracy = (a: Prepared, b: Prepared) =>
    (b.accuracy?.mean ?? 0) - (a.accuracy?.mean ?? 0);
  const byDistance = (a: Prepared, b: Prepared) => (distanceOf(a) ?? 0) - (distanceOf(b) ?? 0);
  return others.filter((other) => fitsBetter(own, other))
    .sort((a, b) => byAccuracy(a, b) || byDistance(a, b))[0];
}

/** Whether that is what to know first: another way is much better, or the pictures are far from training's. */
export const isPreparedOddly = (prepared: readonly Prepared[]): boolean =>
  betterWay(prepared) !== undefined || prepared.length > 0 && isFar(prepared[0]);
