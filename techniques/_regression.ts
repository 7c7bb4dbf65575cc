/** Weighted least squares, of as many observations as there are, in memory of the features' square. */
import { option } from "../core/say.ts";
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

/**
 * What is added to the squares of features, as a share of the largest: so that of several solutions the
 * shortest is found, to about a millionth; where there is one, it moves by far less.
 */
const FIRM = 1e-10;

/** Below this share of the numbers' squares, their variance is rounding: scores are float32. */
const STILL = 1e-13;

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/**
 * Solves a symmetric system whose eigenvalues are positive, by Cholesky's triangles.
 *
 * @param matrix `[n, n]`; its lower half becomes the triangle.
 */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length, row = (i: number) => matrix.subarray(i * n, i * n + n);
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    const own = row(i);
    for (let k = 0; k <= i; k++) {
      const other = row(k), rest = own[k] - dot(own.subarray(0, k), other.subarray(0, k));
      own[k] = k < i ? rest / other[k] : Math.sqrt(rest);
    }
    x[i] = (x[i] - dot(own.subarray(0, i), x.subarray(0, i))) / own[i];
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= matrix[i * n + i];
    for (let k = 0; k < i; k++) x[k] -= matrix[i * n + k] * x[i];
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
    const squares = this.#squares.map((v, at) =>
      v - centre * sums[Math.floor(at / n)] * sums[at % n]
    );
    let most = 0;
    for (let at = 0; at < squares.length; at += n + 1) most = Math.max(most, squares[at]);
    if (most === 0) most = 1; // no feature ever changes: none has a coefficient
    const firm = squares.slice();
    for (let at = 0; at < squares.length; at += n + 1) firm[at] += ridge + FIRM * most;
    const coefficients = solve(firm, products);
    const turned = coefficients.map((_, i) =>
      dot(squares.subarray(i * n, (i + 1) * n), coefficients)
    );
    const whole = this.#targetSquares - centre * targets ** 2;
    const rest = whole - 2 * dot(coefficients, products) +
      dot(coefficients, turned);
    return {
      coefficients,
      intercept: centre * (targets - dot(coefficients, sums)),
      rest: Math.max(0, rest),
    };
  }
}

/** With fewer pictures for each segment, a linear model fits whatever they say. */
const ENOUGH = 3;

/** How well a linear model fits, in sentences. */
export function fitNotes(
  explained: number | undefined,
  what: string,
  { pictures, segments }: { readonly pictures: number; readonly segments: number },
): string[] {
  if (explained === undefined) {
    return [`Hiding segments does not change the ${what}: there is nothing to share out.`];
  }
  const share = percent(Math.max(0, explained), 0);
  return [
    `The linear model explains ${share} of how the ${what} varies over the pictures that it was ` +
    `fitted to (R²).`,
    ...(pictures < ENOUGH * segments
      ? [
        `${pictures} pictures are few for ${segments} segments: it would fit them well whatever they ` +
        `showed. More ${option("samples")} tell more.`,
      ]
      : []),
  ];
}
