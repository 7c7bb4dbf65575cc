/** The direction in which rows of numbers differ most. */
import type { Values } from "../core/values.ts";

const ITERATIONS = 500, TOLERANCE = 1e-10;

const normalize = (v: Float64Array) => {
  const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? v.map((x) => x / length) : v;
};

/**
 * Projects each row (a place) of `[…, columns]`, less the rows' mean, on the first principal
 * component, found by power iteration.
 *
 * @returns One number a row, and the share of the rows' variance in that direction. The sign is free.
 */
export function firstComponent(rows: Values): { projection: Float64Array; share: number } {
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

  // the row of the greatest length: never orthogonal to all that the rows have in common
  let longest = 0, most = -1;
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (let c = 0; c < columns; c++) square += centred[row * columns + c] ** 2;
    if (square > most) [longest, most] = [row, square];
  }
  let direction = normalize(centred.slice(longest * columns, (longest + 1) * columns));
  for (let k = 0; k < ITERATIONS; k++) {
    const along = project(direction), next = new Float64Array(columns);
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < columns; c++) next[c] += along[row] * centred[row * columns + c];
    }
    const turned = normalize(next);
    const change = turned.reduce((sum, v, c) => sum + (v - direction[c]) ** 2, 0);
    direction = turned;
    if (change < TOLERANCE ** 2) break;
  }
  const projection = project(direction);
  const total = centred.reduce((sum, v) => sum + v * v, 0);
  const along = projection.reduce((sum, v) => sum + v * v, 0);
  return { projection, share: total > 0 ? along / total : 0 };
}
