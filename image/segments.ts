/** A picture cut into segments: every pixel belongs to one. */
import type { Picture } from "./_picture.ts";

/** Which segment each pixel belongs to. */
export interface Segments {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** How many there are; none is empty. */
  readonly count: number;
  /** `height · width` numbers from 0 to before `count`, row after row. */
  readonly labels: Int32Array;
}

/** The same segments, numbered as a reader of the rows meets them. */
export function numbered(
  width: number,
  height: number,
  labelOf: ArrayLike<number>,
): Segments {
  const numbers = new Map<number, number>();
  const labels = Int32Array.from(labelOf, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
  return { width, height, count: numbers.size, labels };
}

/**
 * How many rows and columns of about square cells make about so many of a picture; one pixel is the
 * smallest cell.
 */
export function cellsOf(
  width: number,
  height: number,
  count: number,
): { readonly rows: number; readonly columns: number } {
  const within = (cells: number, size: number) => Math.min(size, Math.max(1, Math.round(cells)));
  const [short, long] = [width, height].toSorted((a, b) => a - b);
  const across = within(short / Math.sqrt(width * height / count), short);
  const along = within(count / across, long);
  return width < height ? { rows: along, columns: across } : { rows: across, columns: along };
}

/** About `count` rectangles of about the same size. */
export function gridSegments(width: number, height: number, count: number): Segments {
  const { rows, columns } = cellsOf(width, height, count);
  const cells = Int32Array.from({ length: width * height }, (_, at) => {
    const row = Math.floor(Math.floor(at / width) * rows / height);
    return row * columns + Math.floor(at % width * columns / width);
  });
  return numbered(width, height, cells);
}

/** Pixels of one colour are a segment, wherever they lie. */
export function colourSegments({ width, height, data }: Picture): Segments {
  const colours = Int32Array.from(
    { length: width * height },
    (_, at) => data[3 * at] << 16 | data[3 * at + 1] << 8 | data[3 * at + 2],
  );
  return numbered(width, height, colours);
}

/**
 * Makes segments connected, by their sides: each piece of one becomes a segment, and one of fewer
 * than `least` pixels joins a neighbour, the one of the pixel above or left of where it begins.
 */
export function connected(
  width: number,
  height: number,
  labelOf: ArrayLike<number>,
  least: number,
): Segments {
  const pieces = new Int32Array(width * height).fill(-1);
  const piece = new Int32Array(width * height);
  let next = 0;
  for (let start = 0; start < pieces.length; start++) {
    if (pieces[start] >= 0) continue;
    const label = labelOf[start];
    let size = 0;
    const reach = (at: number) => {
      if (pieces[at] >= 0 || labelOf[at] !== label) return;
      pieces[at] = next;
      piece[size++] = at;
    };
    reach(start);
    for (let i = 0; i < size; i++) {
      const at = piece[i], x = at % width;
      if (x > 0) reach(at - 1);
      if (x < width - 1) reach(at + 1);
      if (at >= width) reach(at - width);
      if (at + width < pieces.length) reach(at + width);
    }
    // what comes before the first pixel belongs to another piece; of the picture's first, nothing does
    if (size < least && start > 0) {
      const neighbour = pieces[start % width > 0 ? start - 1 : start - width];
      for (let i = 0; i < size; i++) pieces[piece[i]] = neighbour;
    } else next++;
  }
  return numbered(width, height, pieces);
}
