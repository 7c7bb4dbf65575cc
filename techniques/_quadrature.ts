/** Where along 0..1 a function is taken, and how much each point counts. */
export interface Quadrature {
  readonly points: readonly number[];
  /** They add up to 1. */
  readonly weights: readonly number[];
}

/** Newton's steps to a root; they double its digits. */
const ITERATIONS = 100;

/** The Legendre polynomial of degree n and its slope at x. */
function legendre(n: number, x: number): [value: number, slope: number] {
  let before = 1, value = x;
  for (let k = 2; k <= n; k++) {
    [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  }
  return [value, n * (x * value - before) / (x * x - 1)];
}

/** Exact for polynomials up to degree 2n − 1. */
function gaussLegendre(n: number): Quadrature {
  const points: number[] = [], weights: number[] = [];
  for (let i = n - 1; i >= 0; i--) {
    let x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5)), slope = 1;
    for (let k = 0; k < ITERATIONS; k++) {
      const [value, at] = legendre(n, x), step = value / at;
      slope = at;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    points.push((1 + x) / 2);
    weights.push(1 / ((1 - x * x) * slope * slope));
  }
  return { points, weights };
}

const range = <T>(n: number, f: (i: number) => T) => Array.from({ length: n }, (_, i) => f(i));
const both = (n: number, i: number) => n === 1 ? 0.5 : i / (n - 1);

/** The rules by name. */
export const QUADRATURES = {
  "gauss-legendre": gaussLegendre,
  /** Both ends, which count half. */
  trapezoid: (n: number) => ({
    points: range(n, (i) => both(n, i)),
    weights: range(n, (i) => n === 1 ? 1 : (i === 0 || i === n - 1 ? 0.5 : 1) / (n - 1)),
  }),
  midpoint: (n: number) => ({
    points: range(n, (i) => (i + 0.5) / n),
    weights: range(n, () => 1 / n),
  }),
  /** Both ends, all alike: the plain mean that PAIR's implementation takes. */
  linspace: (n: number) => ({
    points: range(n, (i) => both(n, i)),
    weights: range(n, () => 1 / n),
  }),
} satisfies Record<string, (n: number) => Quadrature>;
