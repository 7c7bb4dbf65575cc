/** Where a map lies, beside where the thing is. */
import { rangeOf } from "../run/maps.ts";
import type { MetricContext } from "../run/metric.ts";

/** What is needed of what a metric is given. */
export type Located = Pick<MetricContext<unknown>, "importance" | "mask">;

/** How much speaks for the target, and how much of it in the mask. */
export function massOf({ importance, mask }: Located): { all: number; inside: number } {
  let all = 0, inside = 0;
  importance.forEach((v, at) => {
    if (v <= 0) return;
    all += v;
    if (mask![at]) inside += v;
  });
  return { all, inside };
}

/** How many pixels the mask has. */
export const areaOf = (mask: Float32Array): number => mask.reduce((a, b) => a + b, 0);

/** Whether a map says nothing of any place. */
export function isFlat(importance: Float32Array): boolean {
  const [low, high] = rangeOf(importance);
  return low === high;
}

/** What is said of a map that says nothing. */
export const FLAT = "The map is the same everywhere: it points at no place.";
