/** Pictures that no training has seen, and their masks as pictures. */
import type { Picture } from "../image/mod.ts";

/** Held-out pictures start at this seed, training pictures at 0. */
export const HELD_OUT = 1_000_000_000;

/** White where the subject is. */
export const maskPicture = (mask: Uint8Array, { width, height }: Picture): Picture => ({
  width,
  height,
  data: Uint8ClampedArray.from(
    { length: mask.length * 3 },
    (_, i) => mask[Math.floor(i / 3)] * 255,
  ),
});
