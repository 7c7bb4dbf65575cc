/** Why one class and not another: what is to be explained then, from a network's outputs. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { softmax } from "../core/softmax.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import { findClass } from "../run/find_class.ts";
import { classScores, columnOf, type Outputs } from "../run/outputs.ts";
import type { Target } from "../run/technique.ts";

/** A target against a foil. */
export interface Contrast {
  /** The foil's number. */
  readonly foil: number;
  /** Its score where the target's is taken. */
  readonly foilScore: number;
  /** The gradient at the outputs of what is explained, shaped as these without the batch. */
  readonly gradient: Values;
  /** Whether that is the foil's cross-entropy; else it is the target's score less the foil's. */
  readonly isLoss: boolean;
  /** The class of the highest score there. */
  readonly predicted: number;
}

/** What a contrast is made of. */
export interface Contrasted {
  readonly outputs: Outputs;
  readonly target: Pick<Target, "index" | "label">;
  /** The target's weights, one for each of the outputs. */
  readonly weights: Values;
  /** The outputs for the picture. */
  readonly numbers: Values;
}

/** The class of the highest score, of those that are allowed. */
const highest = (scores: readonly number[], isAllowed = (_class: number) => true): number =>
  [...scores.keys()].filter(isAllowed).reduce((a, b) => scores[b] > scores[a] ? b : a);

/**
 * Sets a target against a foil, where the target is taken (of scores that belong to places, there): by
 * the cross-entropy of the foil if the target is the class that a softmax network predicts
 * (Prabhushankar et al. 2020), by the difference of the two scores elsewhere, since that loss does not
 * know of any class but the foil.
 *
 * @param wanted The foil's number or name; default: the class of the highest score but the target's.
 * @throws UserError for a class that there is not, and for the target's own.
 */
export function contrast(
  { outputs, target: { index, label }, weights, numbers }: Contrasted,
  wanted: number | string | undefined,
  model: string,
): Contrast {
  const { count, classes, scores } = outputs, places = sizeOf(numbers.shape) / count;
  const own = columnOf(outputs, index);
  const share = (place: number) => own.sign * weights[place * count + own.at];
  const there = new Float64Array(count);
  numbers.forEach((v, i) => there[i % count] += share(Math.floor(i / count)) * v);
  const standing = classScores(outputs, there), predicted = highest(standing);
  const next = highest(standing, (other) => other !== index);
  const foil = wanted === undefined ? next : findClass(classes, wanted, model);
  if (foil === index) {
    throw new UserError(
      `Cannot set ${label} against itself: ${option("foil")} takes another class, such as ` +
        `${classes[next]}.`,
      { code: "bad-option", option: "foil" },
    );
  }
  const other = columnOf(outputs, foil);
  const isWhole = weights.every((weight, i) => weight === 0 || i % count === own.at) &&
    Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-6;
  const isLoss = scores === "softmax" && count > 1 && isWhole && predicted === index;
  const gradient = values(weights.slice(), numbers.shape);
  for (let place = 0; place < places; place++) {
    const from = place * count;
    if (isLoss) {
      softmax(numbers.subarray(from, from + count))
        .forEach((probability, i) => gradient[from + i] = share(place) * probability);
    }
    gradient[from + other.at] -= other.sign * share(place);
  }
  return { foil, foilScore: standing[foil], gradient, isLoss, predicted };
}
