/** TCAV one number at a time: nothing in common with the project's but the draws. */

/** Σᵢ aᵢ·bᵢ */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** Logistic regression with a penalty of half of that times |w|², the bias left free, by gradient descent. */
export function logistic(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  penalty: number,
): { weights: number[]; bias: number } {
  const n = rows.length, size = rows[0].length;
  // the loss bends by a quarter of the mean square at most
  const bend = rows.reduce((sum, row) => sum + 1 + dot(row, row), 0) / n / 4 + penalty;
  const weights = new Array<number>(size).fill(0);
  let bias = 0;
  for (let step = 0; step < 60_000; step++) {
    const slopes = weights.map((w) => penalty * w);
    let free = 0;
    for (let i = 0; i < n; i++) {
      const miss = (1 / (1 + Math.exp(-dot(weights, rows[i]) - bias)) - labels[i]) / n;
      for (let k = 0; k < size; k++) slopes[k] += miss * rows[i][k];
      free += miss;
    }
    for (let k = 0; k < size; k++) weights[k] -= slopes[k] / bend;
    bias -= free / bend;
    if (Math.hypot(free, ...slopes) < 1e-10) break;
  }
  return { weights, bias };
}
