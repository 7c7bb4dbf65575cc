/** Pictures that are one picture but for a window of each, which shows another. */
import type { Values } from "../../core/values.ts";

/** `[start, end)` of rows or columns. */
export type Span = readonly [start: number, end: number];

/** A part of a picture. */
export interface Rectangle {
  /** Which rows. */
  readonly rows: Span;
  /** Which columns. */
  readonly columns: Span;
}

/** Two images of one shape, `[height, width, channels]`. */
export interface ImagePair {
  /** What is seen around a window. */
  readonly image: Values;
  /** What is seen in it. */
  readonly other: Values;
}

/**
 * Paints the same part of each such picture, or of each another part of the same size.
 *
 * @param parts Where a picture's part lies; it holds the window.
 * @returns `[windows, rows, columns, channels]`, in a row.
 */
export function paint(
  { image, other }: ImagePair,
  windows: readonly Rectangle[],
  parts: (i: number) => Rectangle,
): Float32Array {
  const [, width, channels] = image.shape;
  const { rows, columns } = parts(0), inner = (columns[1] - columns[0]) * channels;
  const pictures = new Float32Array(windows.length * (rows[1] - rows[0]) * inner);
  let at = 0;
  windows.forEach((window, i) => {
    const { rows: [top, bottom], columns: [left, right] } = parts(i);
    for (let y = top; y < bottom; y++, at += inner) {
      const row = y * width;
      pictures.set(image.subarray((row + left) * channels, (row + right) * channels), at);
      if (y < window.rows[0] || y >= window.rows[1]) continue;
      const [start, end] = window.columns;
      const shown = other.subarray((row + start) * channels, (row + end) * channels);
      pictures.set(shown, at + (start - left) * channels);
    }
  });
  return pictures;
}
