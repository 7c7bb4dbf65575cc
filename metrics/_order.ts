/** Pixels in the order of their importance, and pictures in which some of them are replaced. */
import type { Values } from "../core/values.ts";

/** Pixels by falling importance; equal ones in their order in the picture. */
export const byImportance = (importance: Values): Uint32Array =>
  Uint32Array.from(importance, (_, at) => at)
    .sort((a, b) => importance[b] - importance[a] || a - b);

/** A picture `[H, W, channels]` in which pixels are another picture's. */
export function replaced(
  picture: Values,
  other: Values,
  pixels: Iterable<number>,
): Float32Array {
  const channels = picture.shape[2], made = picture.slice();
  for (const pixel of pixels) {
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++) made[at] = other[at];
  }
  return made;
}

/** So many different pixels of `count`, drawn at random: the first of a shuffled list. */
export function drawn(
  count: number,
  many: number,
  integer: (low: number, high: number) => number,
): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < many; i++) {
    const j = integer(i, count - 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.subarray(0, many);
}
