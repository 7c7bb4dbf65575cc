/** From classifiers to scores: how the class's pictures respond to the directions that were found. */
import { classify } from "./_classifier.ts";
import type { Run } from "./_draws.ts";

/** Inner products of a layer's activations, of some pictures with each other. */
export interface Products {
  /** How many pictures. */
  readonly count: number;
  /** `[count, count]`, their mean taken away and scaled so that their mean square is 1. */
  readonly own: Float64Array;
}

/** Inner products of a class's gradients, `[pictures, count]`, with those activations as they are. */
export interface Slopes {
  readonly pictures: number;
  readonly products: Float64Array;
  /** The length of each picture's gradient, in the unit in which the activations' mean square is 1. */
  readonly lengths: Float64Array;
}

/**
 * λ of the classifiers, where the activations' mean square is 1: the direction does not depend on the
 * unit of the layer's numbers.
 */
export const PENALTY = 0.01;

/** A direction: Σᵢ coefficients[i] · activation of picture[i]. */
export interface Direction {
  readonly pictures: readonly number[];
  readonly coefficients: Float64Array;
  /** Its length, in the same unit. */
  readonly length: number;
  /** Share of the pictures held out that the classifier takes for what they are. */
  readonly accuracy: number;
}

/** Trains the classifier of one run. */
export function directionOf({ own, count }: Products, { train, test }: Run): Direction {
  const pictures = [...train.inside, ...train.outside], n = pictures.length;
  const between = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) between[i * n + j] = own[pictures[i] * count + pictures[j]];
  }
  const labels = pictures.map((_, i) => i < train.inside.length ? 1 : 0);
  const { coefficients, bias } = classify(between, labels, PENALTY);
  const f = (picture: number) =>
    pictures.reduce((sum, other, i) => sum + coefficients[i] * own[picture * count + other], bias);
  const right = test.inside.filter((picture) => f(picture) > 0).length +
    test.outside.filter((picture) => f(picture) <= 0).length;
  let square = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) square += coefficients[i] * coefficients[j] * between[i * n + j];
  }
  return {
    pictures,
    coefficients,
    length: Math.sqrt(Math.max(0, square)),
    accuracy: right / (test.inside.length + test.outside.length),
  };
}

/** How a class's score changes along a direction, of each of its pictures. */
export function slopesAlong(
  { pictures, products }: Slopes,
  direction: Pick<Direction, "pictures" | "coefficients">,
): Float64Array {
  const count = products.length / pictures, along = new Float64Array(pictures);
  for (let picture = 0; picture < pictures; picture++) {
    direction.pictures.forEach((other, i) => {
      along[picture] += direction.coefficients[i] * products[picture * count + other];
    });
  }
  return along;
}

/** What a direction is to a class. */
export interface Response {
  /** TCAV's score: the share of the class's pictures whose score rises along the direction. */
  readonly score: number;
  /** The mean cosine between the gradients and the direction, −1..1. */
  readonly sensitivity: number;
}

/** The response of a class's pictures to a direction. */
export function responseTo(slopes: Slopes, direction: Direction): Response {
  const along = slopesAlong(slopes, direction);
  let sensitivity = 0;
  along.forEach((slope, i) => {
    const size = slopes.lengths[i] * direction.length;
    if (size > 0) sensitivity += slope / size / along.length;
  });
  return { score: along.filter((slope) => slope > 0).length / along.length, sensitivity };
}
