/** How alike two lists of numbers are, and what they are like on the whole. */

/** The mean; 0 of nothing. */
export const meanOf = (numbers: ArrayLike<number>): number =>
  numbers.length === 0 ? 0 : sumOf(numbers) / numbers.length;

/** The sum, in double precision. */
export function sumOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum;
}

/** √Σ v² */
export function normOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] ** 2;
  return Math.sqrt(sum);
}

/** Pearson's correlation, −1..1; 0 where one of the two is the same everywhere. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let both = 0, left = 0, right = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - meanA) * (b[i] - meanB);
    left += (a[i] - meanA) ** 2;
    right += (b[i] - meanB) ** 2;
  }
  return left === 0 || right === 0 ? 0 : both / Math.sqrt(left * right);
}
