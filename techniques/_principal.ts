/** The direction in which rows of numbers differ most. */
import { breathe } from "../engine/breathe.ts";
import type { Values } from "../core/values.ts";

/** Squared so often, a matrix tells singular values apart that differ by a millionth. */
const SQUARINGS = 30;
/** When all but one direction weighs less than this, it is found. */
const TOLERANCE = 1e-12;

const normalized = (v: Float64Array) => {
  const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? v.map((x) => x / length) : v;
};

/** Vectors in a row of numbers: how many, how long, and how far from one to the next, of each. */
interface Vectors {
  readonly data: Float64Array;
  readonly count: number;
  readonly size: number;
  readonly vector: number;
  readonly at: number;
}

/** The products of every two vectors, a symmetric matrix. */
function products({ data, count, size, vector, at }: Vectors): Float64Array {
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      let sum = 0;
      for (let k = 0, a = i * vector, b = j * vector; k < size; k++, a += at, b += at) {
        sum += data[a] * data[b];
      }
      matrix[i * count + j] = matrix[j * count + i] = sum;
    }
  }
  return matrix;
}

/** The sum of a matrix's diagonal, and that of its squares. */
function weights(matrix: Float64Array, n: number): { trace: number; square: number } {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[i * n + i];
  return { trace, square: matrix.reduce((sum, v) => sum + v * v, 0) };
}

/**
 * The first eigenvector of a symmetric matrix without negative eigenvalues, of length 1. The matrix is
 * squared again and again (k times is 2ᵏ steps of power iteration), until what is left of it is one
 * direction. Of equal eigenvalues, it is some direction of theirs.
 */
async function firstEigenvector(
  matrix: Float64Array,
  n: number,
  signal?: AbortSignal,
): Promise<Float64Array> {
  let power = matrix;
  for (let k = 0; k < SQUARINGS; k++) {
    const { trace, square } = weights(power, n);
    if (trace === 0) return new Float64Array(n);
    // the squares add up to trace² where there is one eigenvalue alone
    if (1 - square / trace ** 2 < TOLERANCE) break;
    await breathe(signal);
    const data = power.map((v) => v / trace);
    power = products({ data, count: n, size: n, vector: n, at: 1 });
  }
  let most = 0;
  for (let i = 1; i < n; i++) if (power[i * n + i] > power[most * n + most]) most = i;
  return normalized(power.slice(most * n, (most + 1) * n));
}

/**
 * Projects each row (a place) of `[…, columns]`, less the rows' mean, on the first principal
 * component.
 *
 * @returns One number a row, and the share of the rows' variance in that direction. The sign is free.
 * @throws the signal's reason once it is aborted.
 */
export async function firstComponent(
  rows: Values,
  signal?: AbortSignal,
): Promise<{ projection: Float64Array; share: number }> {
  const columns = rows.shape.at(-1)!, count = rows.length / columns;
  const mean = new Float64Array(columns);
  rows.forEach((v, i) => mean[i % columns] += v / count);
  const centred = Float64Array.from(rows, (v, i) => v - mean[i % columns]);
  const project = (direction: Float64Array) =>
    Float64Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += centred[row * columns + c] * direction[c];
      return sum;
    });
  const back = (along: Float64Array) => {
    const sums = new Float64Array(columns);
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < columns; c++) sums[c] += along[row] * centred[row * columns + c];
    }
    return normalized(sums);
  };
  // of X·Xᵀ and Xᵀ·X, which have the same eigenvalues, the smaller
  const places = { data: centred, count, size: columns, vector: columns, at: 1 };
  const channels = { data: centred, count: columns, size: count, vector: 1, at: columns };
  const direction = count <= columns
    ? back(await firstEigenvector(products(places), count, signal))
    : await firstEigenvector(products(channels), columns, signal);
  const projection = project(direction);
  const total = centred.reduce((sum, v) => sum + v * v, 0);
  const along = projection.reduce((sum, v) => sum + v * v, 0);
  return { projection, share: total > 0 ? along / total : 0 };
}
