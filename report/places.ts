/** Places of the picture at which the evidence for a class lies, whatever is in the picture. */
import { bootstrap } from "../core/bootstrap.ts";
import { meanOf } from "../core/correlation.ts";
import type { Random } from "../core/random.ts";
import { GRID } from "../jobs/kinds/assess.ts";
import type { Assessed, Place, Suspicion } from "./data.ts";

/** Fewer pictures of a class, or of others, show no habit. */
export const FEWEST = 8;
/** A square is suspected where it has so many times its area of the evidence, and of the others'. */
const TIMES = 2.5;

/** What a place is called. */
export function nameOf({ rows, columns }: Omit<Place, "name">): string {
  const end = ([from, to]: readonly [number, number], first: string, last: string) =>
    to <= GRID / 2 && from === 0 ? first : from >= GRID / 2 && to === GRID ? last : "";
  const down = end(rows, "top", "bottom"), across = end(columns, "left", "right");
  if (down && across) return `the ${down} ${across} corner`;
  if (down || across) return `the ${down || across} border`;
  return "one place inside";
}

/** Whether a square lies at the picture's border, where no thing needs to be. */
const atBorder = (square: number) => {
  const row = Math.floor(square / GRID), column = square % GRID;
  return [row, column].some((at) => at < 2 || at >= GRID - 2);
};

/** Which of the four quarters of the picture a square lies in. */
const quarterOf = (square: number) =>
  2 * Number(square >= GRID * GRID / 2) + Number(square % GRID >= GRID / 2);

/**
 * Squares that touch, sides or corners, as places; each within one quarter of the picture, so that the
 * place opposite is another one.
 */
function placesOf(squares: readonly number[]): Place[] {
  const left = new Set(squares), places: Place[] = [];
  for (const start of squares) {
    if (!left.delete(start)) continue;
    const found = [start], quarter = quarterOf(start);
    for (const square of found) {
      for (let down = -1; down <= 1; down++) {
        for (let across = -1; across <= 1; across++) {
          const column = square % GRID + across, next = square + down * GRID + across;
          const isBeside = column >= 0 && column < GRID && quarterOf(next) === quarter;
          if (isBeside && left.delete(next)) found.push(next);
        }
      }
    }
    const rows = found.map((square) => Math.floor(square / GRID));
    const columns = found.map((square) => square % GRID);
    const part = {
      rows: [Math.min(...rows), Math.max(...rows) + 1] as const,
      columns: [Math.min(...columns), Math.max(...columns) + 1] as const,
    };
    places.push({ ...part, name: nameOf(part) });
  }
  return places;
}

/** The share of a picture's evidence in a place. */
export function shareIn(
  { evidence }: Pick<Assessed, "evidence">,
  { rows, columns }: Place,
): number {
  let sum = 0;
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      sum += evidence[row * GRID + column];
    }
  }
  return sum;
}

/** The pictures of each class that enough are taken for, and enough are not; by the network's answers. */
export function comparable(pictures: readonly Assessed[]): Map<string, Assessed[]> {
  const named = Map.groupBy(pictures, ({ answers: [best] }) => best.label);
  return new Map(
    [...named].filter(([, { length }]) => length >= FEWEST && pictures.length - length >= FEWEST),
  );
}

/** Of each square, the evidence in it, summed over pictures. */
function sumsOf(pictures: readonly Assessed[]): Float64Array {
  const sums = new Float64Array(GRID * GRID);
  for (const { evidence } of pictures) evidence.forEach((v, square) => sums[square] += v);
  return sums;
}

/**
 * Places at the border that hold far more of the evidence for a class than their area and than the
 * evidence for other classes, beyond chance.
 */
export function suspicions(pictures: readonly Assessed[], random: Random): Suspicion[] {
  const all = sumsOf(pictures), squares = [...all.keys()].filter(atBorder);
  return [...comparable(pictures)].flatMap(([label, own]): Suspicion[] => {
    const sums = sumsOf(own), others = pictures.length - own.length;
    const elsewhere = all.map((sum, square) => (sum - sums[square]) / others);
    const suspected = squares.filter((square) => {
      const least = TIMES * Math.max(1 / (GRID * GRID), elsewhere[square]);
      // the interval's low end is below the mean: most squares need none
      if (sums[square] / own.length <= least) return false;
      const habit = own.map(({ evidence }) => evidence[square]);
      return bootstrap(habit, random.fork(`${label} ${square}`), 0.99).low > least;
    });
    return placesOf(suspected).map((place) => ({
      class: label,
      place,
      pictures: own.length,
      evidence: meanOf(own.map((picture) => shareIn(picture, place))),
      area: (place.rows[1] - place.rows[0]) * (place.columns[1] - place.columns[0]) / GRID ** 2,
      elsewhere: shareIn({ evidence: [...elsewhere] }, place),
    }));
  });
}
