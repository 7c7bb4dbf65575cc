/** What a model's outputs are: which classes they are scores of, and what becomes of the scores. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { softmax } from "../core/softmax.ts";
import { LOGITS } from "../engine/graph.ts";
import { type Scores, splitScores } from "../engine/scores.ts";
import type { Size } from "../image/preprocess.ts";
import type { Model } from "./model.ts";

/** The outputs of a model for pictures of one size. */
export interface Outputs {
  /** What becomes of the numbers. */
  readonly scores: Scores;
  /** Names of the classes. One output alone stands for two: the one it speaks for, and its opposite. */
  readonly classes: readonly string[];
  /** How many numbers the network gives for each place. */
  readonly count: number;
  /** `[height, width]` of a network that gives scores for every place; empty for a classifier. */
  readonly places: readonly number[];
}

/**
 * The outputs of a model for pictures of a size; default: of its own size.
 *
 * @throws UserError where the network does not accept pictures of that size.
 * @example
 * ```ts
 * const { scores, classes } = outputsOf(model);
 * `${classes.length} classes, ${scores}`; // "20 classes, softmax"
 * ```
 */
export function outputsOf(model: Model, { height, width }: Size = model.inputSize): Outputs {
  const { network, labels } = model, shape = network.shapeOf(LOGITS, height, width);
  const count = shape.at(-1)!, around = shape.slice(0, -1);
  return {
    scores: scoresOf(model, count),
    classes: count === 1 && labels.length === 1 ? [labels[0], `not ${labels[0]}`] : labels,
    count,
    places: around.every((n) => n === 1) ? [] : around,
  };
}

/** What was declared; else what the graph's end tells; else logits of classes, or one score. */
function scoresOf({ scores, network }: Model, count: number): Scores {
  if (scores) return scores;
  if (splitScores(network.graph).scores !== "linear") return "probabilities";
  return count > 1 ? "softmax" : "linear";
}

/**
 * Where a class's score stands among the numbers of a place, and whether it is that number or minus
 * it. Of two names that one output was given, it speaks for the second, as in Keras (no is 0, yes 1).
 */
export function columnOf(
  { count, classes }: Outputs,
  index: number,
): { readonly at: number; readonly sign: 1 | -1 } {
  if (count > 1) return { at: index, sign: 1 };
  const own = classes[1] === `not ${classes[0]}` ? 0 : 1;
  return { at: 0, sign: index === own ? 1 : -1 };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The score of each class, from the numbers of one place. */
export function classScores(outputs: Outputs, numbers: ArrayLike<number>): number[] {
  return outputs.classes.map((_, index) => {
    const { at, sign } = columnOf(outputs, index);
    return sign * numbers[at];
  });
}

/** The probability of each class, from the numbers of one place; undefined where scores have none. */
export function probabilities(
  outputs: Outputs,
  numbers: ArrayLike<number>,
): ArrayLike<number> | undefined {
  const { scores, count, classes } = outputs;
  if (scores === "linear") return undefined;
  if (scores === "softmax" && count > 1) return softmax(numbers);
  return classes.map((_, index) => {
    const { at, sign } = columnOf(outputs, index), number = numbers[at];
    if (scores === "probabilities") return sign === 1 ? number : 1 - number;
    return sigmoid(sign * number); // one logit has nothing to compete with: it is a yes or a no
  });
}

/** @throws UserError for a network whose scores belong to places. */
export function refuseMap({ places, count }: Outputs, model: string, wanted: string): void {
  if (places.length === 0) return;
  throw new UserError(
    `Cannot ${wanted}: ${model} ends in a map of ${places.join("×")} places with ${count} ` +
      `numbers each, not in one list of classes. Attributions explain a place or a mask of it: ` +
      `${option("target", "3@12:20")} is class 3 in row 12, column 20, ` +
      `${option("target", "3@mask.png")} class 3 where that picture is white.`,
    { code: "unsupported", option: "target" },
  );
}
