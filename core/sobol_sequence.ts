/** Points that fill a cube more evenly than random ones do (Sobol 1967). */
import { firstNumbers } from "./_joe_kuo.ts";
import { type Values, values } from "./values.ts";

/** How many dimensions there are numbers for. */
export const MOST_DIMENSIONS = 512;
/** Bits of a coordinate, as many as float32 holds: so many points, less one, has the sequence. */
const BITS = 24;

/** Whether x generates every power series modulo a polynomial over two elements, its bits as a number. */
function isPrimitive(polynomial: number, degree: number): boolean {
  const all = 2 ** degree - 1;
  let power = 1, count = 0;
  do {
    power <<= 1;
    if (power >> degree) power ^= polynomial;
    count++;
  } while (power !== 1 && count < all);
  return power === 1 && count === all;
}

/** The primitive polynomials by their degree, then by their coefficients read as a number. */
function* primitives(): Generator<readonly [polynomial: number, degree: number]> {
  for (let degree = 1;; degree++) {
    for (let polynomial = 2 ** degree + 1; polynomial < 2 ** (degree + 1); polynomial += 2) {
      if (isPrimitive(polynomial, degree)) yield [polynomial, degree];
    }
  }
}

/** The m₁, m₂, … of a direction from its first ones, by its polynomial's recurrence. */
function extended(first: readonly number[], polynomial: number): number[] {
  const degree = first.length, all = [...first];
  for (let i = degree; i < BITS; i++) {
    let next = all[i - degree] ^ (all[i - degree] << degree);
    for (let k = 1; k < degree; k++) {
      if ((polynomial >> (degree - k)) & 1) next ^= all[i - k] << k;
    }
    all.push(next);
  }
  return all;
}

/** What is added to a point where its number changes in a bit: `[dimension][bit]`, of `BITS` bits. */
function directions(dimensions: number): number[][] {
  const numbers = firstNumbers(), polynomials = primitives();
  return Array.from({ length: dimensions }, (_, dimension) => {
    if (dimension === 0) return Array.from({ length: BITS }, (_, i) => 2 ** (BITS - 1 - i));
    const [polynomial, degree] = polynomials.next().value!;
    return extended(numbers(degree), polynomial).map((m, i) => m << (BITS - 1 - i));
  });
}

/**
 * The points of a Sobol sequence behind the first one, which is all zeros: in Gray code order
 * (Antonov, Saleev 1979), with the direction numbers of Joe and Kuo 2008, not scrambled. The same as
 * TensorFlow's `sobol_sample`, and as SciPy's and PyTorch's engines without their first point.
 *
 * @param count Of points, below 2²⁴.
 * @param dimensions 1 to {@link MOST_DIMENSIONS}.
 * @returns `[count, dimensions]`, above 0 and below 1.
 * @throws RangeError for more of either than there are.
 * @example
 * ```ts
 * sobolSequence(2, 2); // 0.5, 0.5, 0.75, 0.25
 * ```
 */
export function sobolSequence(count: number, dimensions: number): Values {
  if (!(dimensions >= 1 && dimensions <= MOST_DIMENSIONS)) {
    throw new RangeError(
      `A Sobol sequence has 1 to ${MOST_DIMENSIONS} dimensions, not ${dimensions}`,
    );
  }
  if (!(count >= 0 && count < 2 ** BITS)) {
    throw new RangeError(`A Sobol sequence has fewer than 2^${BITS} points, not ${count}`);
  }
  const steps = directions(dimensions), point = new Int32Array(dimensions);
  const points = new Float32Array(count * dimensions);
  for (let n = 0; n < count; n++) {
    const changed = 31 - Math.clz32(~n & (n + 1)); // the lowest bit that is zero
    for (let d = 0; d < dimensions; d++) {
      point[d] ^= steps[d][changed];
      points[n * dimensions + d] = point[d] / 2 ** BITS;
    }
  }
  return values(points, [count, dimensions]);
}
