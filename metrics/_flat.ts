/** Maps that say nothing of any place. */
import { rangeOf } from "../run/maps.ts";

/** Whether a map says nothing of any place. */
export function isFlat(importance: Float32Array): boolean {
  const [low, high] = rangeOf(importance);
  return low === high;
}

/** What is said of a map that says nothing. */
export const FLAT = "The map is the same everywhere: it points at no place.";
