/** Superpixels by SLIC: k-means of colours and places (Achanta et al. 2012). */
import { labOf } from "./_lab.ts";
import type { Picture } from "./_picture.ts";
import { cellsOf, connected, gridSegments, type Segments } from "./segments.ts";

/** How often centres and pixels are matched; the paper finds that ten are enough. */
const ROUNDS = 10;

/** A cluster: the mean colour and place of its pixels. */
interface Centre {
  l: number;
  a: number;
  b: number;
  y: number;
  x: number;
}

/** The squared change of colour across a pixel, by its neighbours on both sides. */
function changeAt(lab: Float64Array, width: number, height: number, y: number, x: number): number {
  const at = (row: number, column: number) =>
    3 * (Math.min(height - 1, Math.max(0, row)) * width +
      Math.min(width - 1, Math.max(0, column)));
  const between = (from: number, to: number) =>
    (lab[from] - lab[to]) ** 2 + (lab[from + 1] - lab[to + 1]) ** 2 +
    (lab[from + 2] - lab[to + 2]) ** 2;
  return between(at(y, x - 1), at(y, x + 1)) + between(at(y - 1, x), at(y + 1, x));
}

/** Centres of a grid's cells, each moved to where around it the colour changes least. */
function centresOf(
  lab: Float64Array,
  width: number,
  height: number,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Centre[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor((Math.floor(i / columns) + 0.5) * height / rows);
    const column = Math.floor((i % columns + 0.5) * width / columns);
    let y = row, x = column, least = changeAt(lab, width, height, row, column);
    for (let v = Math.max(0, row - 1); v <= Math.min(height - 1, row + 1); v++) {
      for (let u = Math.max(0, column - 1); u <= Math.min(width - 1, column + 1); u++) {
        const change = changeAt(lab, width, height, v, u);
        if (change < least) [y, x, least] = [v, u, change];
      }
    }
    const at = 3 * (y * width + x);
    return { l: lab[at], a: lab[at + 1], b: lab[at + 2], y, x };
  });
}

/**
 * Cuts a picture into about `count` connected segments of one colour each and of about the same size,
 * by k-means in CIELAB and place. Pieces of less than a quarter of the usual size join a neighbour, so
 * that there can be fewer.
 *
 * @param compactness How much place counts beside colour: the colour's distance that weighs as much as
 * one usual side.
 */
export function slic(picture: Picture, count: number, compactness = 10): Segments {
  const { width, height } = picture, lab = labOf(picture);
  const grid = cellsOf(width, height, count), centres = centresOf(lab, width, height, grid);
  const step = Math.sqrt(width * height / centres.length);
  const reach = Math.ceil(Math.max(step, height / grid.rows, width / grid.columns));
  const placeWeight = (compactness / step) ** 2;
  const { labels } = gridSegments(width, height, count);
  const nearest = new Float64Array(width * height);
  for (let round = 0; round < ROUNDS; round++) {
    nearest.fill(Infinity);
    centres.forEach(({ l, a, b, y, x }, label) => {
      const bottom = Math.min(height - 1, Math.floor(y) + reach);
      const right = Math.min(width - 1, Math.floor(x) + reach);
      for (let v = Math.max(0, Math.floor(y) - reach); v <= bottom; v++) {
        for (let u = Math.max(0, Math.floor(x) - reach); u <= right; u++) {
          const at = v * width + u;
          const distance = (lab[3 * at] - l) ** 2 + (lab[3 * at + 1] - a) ** 2 +
            (lab[3 * at + 2] - b) ** 2 + ((v - y) ** 2 + (u - x) ** 2) * placeWeight;
          if (distance >= nearest[at]) continue;
          nearest[at] = distance;
          labels[at] = label;
        }
      }
    });
    move(centres, lab, labels, width);
  }
  return connected(width, height, labels, width * height / centres.length / 4);
}

/** Moves each centre to the mean of its pixels; one without any stays. */
function move(centres: Centre[], lab: Float64Array, labels: Int32Array, width: number): void {
  const sums = centres.map(() => ({ l: 0, a: 0, b: 0, y: 0, x: 0, pixels: 0 }));
  labels.forEach((label, at) => {
    const sum = sums[label];
    sum.l += lab[3 * at];
    sum.a += lab[3 * at + 1];
    sum.b += lab[3 * at + 2];
    sum.y += Math.floor(at / width);
    sum.x += at % width;
    sum.pixels++;
  });
  sums.forEach(({ l, a, b, y, x, pixels }, label) => {
    if (pixels === 0) return;
    centres[label] = { l: l / pixels, a: a / pixels, b: b / pixels, y: y / pixels, x: x / pixels };
  });
}
