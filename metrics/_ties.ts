/** What is said where the order of equally important pixels decides. */
import type { Values } from "../core/values.ts";

/** Pixels as important as one of them. */
const alike = (importance: Values, pixel: number): number =>
  importance.reduce((count, v) => count + (v === importance[pixel] ? 1 : 0), 0);

/** Of the most important pixel: whether it is one of several. */
export function tiedAtTop(importance: Values, best: number): string[] {
  const count = alike(importance, best);
  return count > 1 ? [`${count} pixels share the largest value: the first of them is taken.`] : [];
}

/**
 * Of the first `many` pixels of an order: whether the last of them is as important as the first that is
 * left out.
 */
export function tiedAtCut(importance: Values, order: Uint32Array, many: number): string[] {
  if (many >= order.length || importance[order[many - 1]] !== importance[order[many]]) return [];
  const count = alike(importance, order[many]);
  return [
    `${count} equally important pixels compete for the last of ${many} places: those that come ` +
    "first in the picture have them.",
  ];
}
