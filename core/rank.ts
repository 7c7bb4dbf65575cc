/** How alike two lists of numbers order the same things. */

/** Places of numbers when they are sorted; equal ones share the middle of theirs. */
export function ranks(numbers: ArrayLike<number>): Float64Array {
  const order = Array.from(numbers, (_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
  const result = new Float64Array(numbers.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && numbers[order[end + 1]] === numbers[order[start]]) end++;
    for (let i = start; i <= end; i++) result[order[i]] = (start + end) / 2;
    start = end + 1;
  }
  return result;
}

/**
 * How well two lists of ranks agree, −1..1; 0 where one of the two is the same everywhere. For those who
 * hold each list against several.
 */
export function agreement(x: Float64Array, y: Float64Array): number {
  const mean = (x.length - 1) / 2;
  let both = 0, left = 0, right = 0;
  for (let i = 0; i < x.length; i++) {
    both += (x[i] - mean) * (y[i] - mean);
    left += (x[i] - mean) ** 2;
    right += (y[i] - mean) ** 2;
  }
  return left === 0 || right === 0 ? 0 : both / Math.sqrt(left * right);
}

/** Rank correlation (Spearman 1904), −1..1; 0 where one of the two is the same everywhere. */
export const rankCorrelation = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  agreement(ranks(a), ranks(b));
