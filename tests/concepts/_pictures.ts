/** Pictures for the network `tangled`: levels that follow from a number. */
import type { Picture } from "../../image/mod.ts";

/** The picture of that number, 11×13. */
export const numbered = (number: number): Picture => ({
  width: 11,
  height: 13,
  data: Uint8ClampedArray.from(
    { length: 11 * 13 * 3 },
    (_, i) => (number * 37 + i * i * 7 + i * (number + 3) * 13 + (i * number) % 11 * 23) % 256,
  ),
});

/** Several of them. */
export const from = (first: number, count: number): Picture[] =>
  Array.from({ length: count }, (_, i) => numbered(first + i));
