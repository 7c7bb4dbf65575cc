/** Whether an attribution adds up to the change in score from a baseline to the picture. */
import { percent } from "../core/text.ts";
import type { AttributionResult } from "../run/technique.ts";
import type { Values } from "../core/values.ts";

/** Share of the change in score that the attributions may miss before the user is told. */
const TOLERABLE_GAP = 0.05;

/**
 * The figures of an attribution that is to add up to a change in score, and a note where it does not.
 *
 * @param score The picture's score.
 * @param before The baseline's.
 * @param advice What would narrow the gap, in a sentence.
 */
export function completeness(
  attribution: Values,
  score: number,
  before: number,
  advice?: string,
): Required<Pick<AttributionResult, "figures" | "diagnosis">> {
  const change = score - before, sum = attribution.reduce((sum, v) => sum + v, 0);
  const gap = sum - change, share = Math.abs(gap) / Math.abs(change);
  return {
    figures: { completenessGap: gap, scoreChange: change, baselineScore: before },
    diagnosis: share > TOLERABLE_GAP
      ? [
        `The attributions add up to ${sum.toPrecision(4)}, but the score changes by ` +
        `${change.toPrecision(4)} from the baseline to the picture` +
        `${Number.isFinite(share) ? `, a gap of ${percent(share, 0)}` : ""}.` +
        `${advice ? ` ${advice}` : ""}`,
      ]
      : [],
  };
}
