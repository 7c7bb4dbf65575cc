/** Pictures no larger than a page shows them. */
import { type Picture, resize } from "./mod.ts";

/** How many times larger than wanted a picture may stay before it is resampled. */
const SPARE = 2;

/** Blocks of the shorter side, at least: what is cut off is less than one. */
const LEAST_BLOCKS = 32;

/** The means of blocks of `n` × `n` pixels; what is left over at the edges is cut off. */
function blocks({ width: from, height, data: source }: Picture, n: number): Picture {
  const width = Math.floor(from / n), rows = Math.floor(height / n), row = width * 3;
  const data = new Uint8ClampedArray(row * rows), sums = new Uint32Array(row);
  for (let y = 0; y < rows; y++) {
    sums.fill(0);
    for (let dy = 0; dy < n; dy++) {
      let at = (y * n + dy) * from * 3;
      for (let to = 0; to < row; to += 3) {
        for (let dx = 0; dx < n; dx++, at += 3) {
          sums[to] += source[at];
          sums[to + 1] += source[at + 1];
          sums[to + 2] += source[at + 2];
        }
      }
    }
    for (let i = 0; i < row; i++) data[y * row + i] = sums[i] / (n * n);
  }
  return { width, height: rows, data };
}

/**
 * A picture whose longer side has at most so many pixels. One that is far too large is averaged
 * first, which takes a fraction of the time.
 */
export function shrunk(
  picture: Picture,
  longer: number,
  interpolation: "bicubic" | "bilinear",
): Picture {
  const scale = longer / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const [width, height] = [picture.width, picture.height]
    .map((n) => Math.max(1, Math.round(n * scale)));
  const shorter = Math.min(picture.width, picture.height);
  const n = Math.floor(Math.min(1 / (SPARE * scale), shorter / LEAST_BLOCKS));
  return resize(n > 1 ? blocks(picture, n) : picture, width, height, interpolation);
}
