/** Pictures in a frame: zeros around them, between their pixels, or rows and columns taken away. */
import type { Writer } from "./writer.ts";

/** What is added on each side; taken away where negative. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Adds zeros around a picture; takes rows and columns away where negative. */
export function framed(to: Writer, x: string, { top, bottom, left, right }: Sides): string {
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return x;
  return to.node("Pad", [x, to.ints(0, 0, top, left, 0, 0, bottom, right)]);
}

/** Adds or takes away rows below and columns on the right, from one size to another. */
export const fitted = (
  to: Writer,
  x: string,
  [h, w]: readonly [number, number],
  [height, width]: readonly [number, number],
): string => framed(to, x, { top: 0, bottom: height - h, left: 0, right: width - w });

/**
 * Spreads `[batch, channels, h, w]` over every `strides`-th pixel, zeros between and behind:
 * `[batch, channels, h·rows, w·columns]`.
 */
export function spread(
  to: Writer,
  x: string,
  [channels, h, w]: readonly [number, number, number],
  [rows, columns]: readonly [number, number],
): string {
  if (rows === 1 && columns === 1) return x;
  if (rows === columns) {
    // whole channels of zeros, which become the pixels between: faster than single ones
    const zeros = (rows * rows - 1) * channels;
    const wide = to.node("Pad", [x, to.ints(0, 0, 0, 0, 0, zeros, 0, 0)]);
    return to.node("DepthToSpace", [wide], { blocksize: rows, mode: "DCR" });
  }
  const apart = to.node("Reshape", [x, to.ints(-1, channels * h, 1, w, 1)]);
  const wide = to.node("Pad", [apart, to.ints(0, 0, 0, 0, 0, 0, 0, rows - 1, 0, columns - 1)]);
  return to.node("Reshape", [wide, to.ints(-1, channels, h * rows, w * columns)]);
}
