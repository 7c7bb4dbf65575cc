/** What is asked where no metrics are named. */
import { parseOptions } from "../core/options.ts";
import type { Choice } from "../run/choices.ts";
import type { Metric } from "../run/metric.ts";
import { metrics } from "./mod.ts";

/** No technique has to explain again for these. */
export const USUAL: readonly string[] = [
  ...["deletion", "insertion", "road", "average-drop", "increase"],
  ...["faithfulness-estimate", "sparseness", "entropy"],
];

/** Beside them, where it is known where the thing is. */
export const WITH_MASKS: readonly string[] = [
  "pointing-game",
  "energy-pointing-game",
  "relevance-rank",
];

/** With their defaults. @param hasMask Whether it is known where the thing is. */
export const usualMetrics = (hasMask: boolean): readonly Choice<Metric>[] =>
  [...USUAL, ...hasMask ? WITH_MASKS : []].map((id) => {
    const thing = metrics.get(id);
    return { thing, options: parseOptions(thing.options, {}, id) };
  });
