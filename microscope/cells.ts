/** Squares over a plane: which points lie in which, coarse and fine. */

/** Squares to a side of the coarsest grid, and of the finest one, at most. */
const COARSEST = 4;
export const FINEST = 32;
/** Points that a square of the finest grid holds on average, if nothing else is said. */
const POINTS_EACH = 16;
/** A square of fewer points is left empty: their mean says little. */
export const LEAST_POINTS = 3;
/** The share of points that may lie outside, at each end of each axis: a few stray ones. */
const STRAY = 0.005;

/** A square, and the points that lie in it, by their numbers. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly members: readonly number[];
}

/** Squares to a side of the finest grid for so many points. */
export const gridFor = (points: number): number =>
  Math.max(COARSEST, Math.min(FINEST / 2, 2 ** Math.round(Math.log2(points / POINTS_EACH) / 2)));

/** Squares to a side of all grids, the coarsest first: each is half as fine as the next one. */
export function gridsOf(finest: number): number[] {
  const grids = [finest];
  while (grids[0] / 2 >= COARSEST) grids.unshift(Math.round(grids[0] / 2));
  return grids;
}

/** Where an axis begins and ends for all but stray points. */
function span(positions: Float32Array, axis: 0 | 1): readonly [from: number, to: number] {
  const along = positions.filter((_, i) => i % 2 === axis).sort();
  const stray = Math.floor(STRAY * along.length);
  return [along[stray], along[along.length - 1 - stray]];
}

/** The square on an axis that a position lies in; the last one holds its end. */
function squareOn([from, to]: readonly [number, number], position: number, grid: number): number {
  if (position < from || position > to) return -1;
  return to > from ? Math.min(grid - 1, Math.floor((position - from) / (to - from) * grid)) : 0;
}

/**
 * The squares of a grid that hold points enough, row by row.
 *
 * @param positions `[points, 2]`: across, and down
 * @param grid squares to a side
 */
export function cellsOf(positions: Float32Array, grid: number): Cell[] {
  const across = span(positions, 0),
    down = span(positions, 1),
    squares = new Map<number, number[]>();
  for (let point = 0; 2 * point < positions.length; point++) {
    const column = squareOn(across, positions[2 * point], grid);
    const row = squareOn(down, positions[2 * point + 1], grid);
    if (row < 0 || column < 0) continue;
    const at = row * grid + column, members = squares.get(at);
    if (members) members.push(point);
    else squares.set(at, [point]);
  }
  return [...squares].filter(([, { length }]) => length >= LEAST_POINTS).sort(([a], [b]) => a - b)
    .map(([at, members]) => ({ row: Math.floor(at / grid), column: at % grid, members }));
}
