/** exp(s) / Σ exp(s), for scores of any size. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(scores);
  const most = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = all.map((score) => Math.exp(score - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
