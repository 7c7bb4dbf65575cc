/**
 * Logistic regression with an L2 penalty, by Newton's method on the examples' products alone: however
 * many numbers an example has, what is solved is as large as there are examples. The same numbers always.
 */

/** A linear classifier: f(x) = Σᵢ coefficients[i] · (xᵢ·x) + bias, positive for what is labelled 1. */
export interface Classifier {
  /** One for each example; together 0, because the bias is not penalized. */
  readonly coefficients: Float64Array;
  readonly bias: number;
}

/** Newton's method converges in about five steps; more than this, and it goes on with what it has. */
const MOST_STEPS = 100;
/** Where no example's f moves by more, it is done: what is left is the square of that. */
const SETTLED = 1e-6;
/** Keeps weights of examples that are far on the right side above zero. */
const LEAST_WEIGHT = 1e-12;

/** Of a step, where a smaller one lowers nothing. */
const LEAST_SHARE = 1e-6;

/** A part of the way from one to another. */
const between = (from: Classifier, to: Classifier, share: number): Classifier => ({
  coefficients: from.coefficients.map((c, i) => c + share * (to.coefficients[i] - c)),
  bias: from.bias + share * (to.bias - from.bias),
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** log(1 + exp(x)) */
const softplus = (x: number) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));

/** The lower triangle L of L·Lᵀ = A, in place of A's, `[n, n]`. */
function factor(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  }
}

/** x of L·Lᵀ·x = b. */
function solved(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length, x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * n + k] * x[k];
    x[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[k * n + i] * x[k];
    x[i] /= l[i * n + i];
  }
  return x;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Each example's f. */
function valuesOf(products: Float64Array, { coefficients, bias }: Classifier): Float64Array {
  const n = coefficients.length, f = new Float64Array(n).fill(bias);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) f[i] += coefficients[j] * products[i * n + j];
  }
  return f;
}

/**
 * Minimizes the mean of log(1 + exp(∓f(xᵢ))) plus `penalty` / 2 · |w|², w = Σᵢ coefficients[i] · xᵢ.
 *
 * @param products Inner products of the examples, `[n, n]`.
 * @param labels 1 or 0 of each.
 * @param penalty Above zero.
 */
export function classify(
  products: Float64Array,
  labels: ArrayLike<number>,
  penalty: number,
): Classifier {
  const n = labels.length, ridge = n * penalty;
  const loss = (fit: Classifier, f: Float64Array) =>
    f.reduce((sum, v, i) => sum + softplus(labels[i] ? -v : v), 0) / n +
    penalty / 2 * f.reduce((sum, v, i) => sum + fit.coefficients[i] * (v - fit.bias), 0);
  let fit: Classifier = { coefficients: new Float64Array(n), bias: 0 };
  let f: Float64Array = new Float64Array(n), before = loss(fit, f);
  for (let step = 0; step < MOST_STEPS; step++) {
    const root = new Float64Array(n),
      wanted = new Float64Array(n),
      system = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const p = sigmoid(f[i]), weight = Math.max(LEAST_WEIGHT, p * (1 - p));
      root[i] = Math.sqrt(weight);
      wanted[i] = root[i] * (f[i] + (labels[i] - p) / weight);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) system[i * n + j] = root[i] * root[j] * products[i * n + j];
      system[i * n + i] += ridge;
    }
    factor(system, n);
    const u = solved(system, wanted), v = solved(system, root);
    const bias = dot(root, u) / dot(root, v);
    const newton: Classifier = { coefficients: u.map((x, i) => root[i] * (x - bias * v[i])), bias };
    const at = valuesOf(products, newton);
    let share = 1, taken = newton, there = at, after = loss(taken, there);
    // a whole step may overshoot where the examples are far from each other
    while (after > before && share > LEAST_SHARE) {
      share /= 2;
      taken = between(fit, newton, share);
      there = f.map((x, i) => x + share * (at[i] - x));
      after = loss(taken, there);
    }
    const moved = there.reduce((most, x, i) => Math.max(most, Math.abs(x - f[i])), 0);
    [fit, f, before] = [taken, there, after];
    if (moved < SETTLED) break;
  }
  return fit;
}
