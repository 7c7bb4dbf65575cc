/** What holds of every judgement, whatever the metric: it is a number, and says what is wrong with the map. */
import { UserError } from "../core/errors.ts";
import { type Values, values } from "../core/values.ts";
import type { Importance } from "./importance.ts";
import { FLAT, isFlat, rangeOf } from "./maps.ts";
import type { Judgement, Metric } from "./metric.ts";

/** An attribution in which what is no finite number is zero, and how many of them there were. */
export function usable(attribution: Values): { attribution: Values; broken: number } {
  const broken = attribution.reduce((count, v) => count + (Number.isFinite(v) ? 0 : 1), 0);
  if (broken === 0) return { attribution, broken };
  const numbers = attribution.map((v) => Number.isFinite(v) ? v : 0);
  return { attribution: values(numbers, attribution.shape), broken };
}

/** What should be known of a map by whatever it is judged, in sentences. */
export function mapNotes(
  { importance, signed }: Importance,
  { broken, of }: { readonly broken: number; readonly of: number },
): string[] {
  const notes: string[] = [];
  if (broken > 0) {
    notes.push(`${broken} of ${of} numbers of the attribution are not finite: they count as zero.`);
  }
  if (isFlat(importance)) notes.push(FLAT);
  else if (signed && rangeOf(importance)[1] <= 0) {
    notes.push("Nothing in the map speaks for the class.");
  }
  return notes;
}

/**
 * A judgement with further notes before its own.
 *
 * @throws UserError where what it says is no finite number.
 */
export function told(metric: Metric, judgement: Judgement, notes: readonly string[]): Judgement {
  const { value, curve = [] } = judgement;
  const odd = [value, ...curve].find((number) => !Number.isFinite(number));
  if (odd !== undefined) {
    throw new UserError(
      `${metric.id} cannot judge this run: it comes to ${odd}, which is no finite number. A score ` +
        "of a changed picture, or a map made of one, is not finite.",
    );
  }
  return { ...judgement, notes: [...notes, ...judgement.notes ?? []] };
}
