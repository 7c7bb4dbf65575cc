/** Weighted least squares, of as many observations as there are, in memory of the features' square. */
import { percent } from "../core/text.ts";

/** What a regression found. */
export interface Fit {
  /** One for each feature. */
  readonly coefficients: Float64Array;
  /** 0 where there is none. */
  readonly intercept: number;
  /** The weighted squares of what it leaves unexplained. */
  readonly rest: number;
}

/** Below this share of the right side's length, what conjugate gradients leave is rounding. */
const SOLVED = 1e-13;
/** Below this share of the numbers' squares, their variance is rounding: scores are float32. */
const STILL = 1e-13;

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/**
 * Solves a symmetric system with no negative eigenvalues by conjugate gradients; of several
 * solutions, the shortest.
 */
function solve(matrix: (v: Float64Array) => Float64Array, right: Float64Array): Float64Array {
  const x = new Float64Array(right.length), rest = right.slice(), way = right.slice();
  let left = dot(rest, rest);
  const enough = left * SOLVED ** 2;
  for (let i = 0; i < 4 * right.length && left > enough; i++) {
    const turned = matrix(way), steep = dot(way, turned);
    if (!(steep > 0)) break;
    const step = left / steep;
    for (let k = 0; k < x.length; k++) {
      x[k] += step * way[k];
      rest[k] -= step * turned[k];
    }
    const before = left;
    left = dot(rest, rest);
    for (let k = 0; k < way.length; k++) way[k] = rest[k] + left / before * way[k];
  }
  return x;
}

/** How far weighted numbers are from their mean. */
export class Spread {
  #weight = 0;
  #sum = 0;
  #squares = 0;

  /** A number, and how much it counts. */
  add(number: number, weight: number): void {
    this.#weight += weight;
    this.#sum += weight * number;
    this.#squares += weight * number ** 2;
  }

  /**
   * The share of the numbers' variance that a fit explains which leaves so much of the weighted squares
   * (R²): 1 is all of it. Undefined where they are one number but for rounding.
   */
  explained(rest: number): number | undefined {
    const whole = this.#squares - this.#sum ** 2 / this.#weight;
    return whole > STILL * this.#squares ? 1 - rest / whole : undefined;
  }
}

/** Takes in observations one by one; keeps sums alone. */
export class Regression {
  readonly #features: number;
  /** Σ w·xxᵀ, its rows one after the other. */
  readonly #squares: Float64Array;
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  #weight = 0;
  #targets = 0;
  #targetSquares = 0;

  constructor(features: number) {
    this.#features = features;
    this.#squares = new Float64Array(features * features);
    this.#sums = new Float64Array(features);
    this.#products = new Float64Array(features);
  }

  /** An observation: its features, what is to be explained by them, and how much it counts. */
  add(features: ArrayLike<number>, target: number, weight: number): void {
    const n = this.#features;
    this.#weight += weight;
    this.#targets += weight * target;
    this.#targetSquares += weight * target ** 2;
    for (let i = 0; i < n; i++) {
      const share = weight * features[i];
      if (share === 0) continue;
      this.#sums[i] += share;
      this.#products[i] += share * target;
      for (let k = 0, at = i * n; k < n; k++, at++) this.#squares[at] += share * features[k];
    }
  }

  /**
   * The coefficients that leave the least weighted squares; where several do, the shortest.
   *
   * @param options.intercept Whether there is one, which no penalty keeps small.
   * @param options.ridge What the coefficients' squares cost; default: nothing.
   */
  fit({ intercept = false, ridge = 0 }: { intercept?: boolean; ridge?: number } = {}): Fit {
    const n = this.#features, centre = intercept ? 1 / this.#weight : 0;
    const sums = this.#sums, targets = this.#targets;
    const products = this.#products.map((v, i) => v - centre * sums[i] * targets);
    const squares = (v: Float64Array) => {
      const along = centre * dot(sums, v);
      return v.map((_, i) => dot(this.#squares.subarray(i * n, (i + 1) * n), v) - along * sums[i]);
    };
    const coefficients = solve(
      (v) => squares(v).map((turned, i) => turned + ridge * v[i]),
      products,
    );
    const whole = this.#targetSquares - centre * targets ** 2;
    const rest = whole - 2 * dot(coefficients, products) +
      dot(coefficients, squares(coefficients));
    return {
      coefficients,
      intercept: centre * (targets - dot(coefficients, sums)),
      rest: Math.max(0, rest),
    };
  }
}

/** How well a linear model fits, in a sentence. */
export const fitNotes = (explained: number | undefined, what: string): string[] => [
  explained === undefined
    ? `Hiding segments does not change the ${what}: there is nothing to share out.`
    : `The linear model explains ${percent(Math.max(0, explained), 0)} of how the ${what} varies ` +
      `as segments are hidden (R²).`,
];
