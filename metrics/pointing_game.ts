import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { isFlat, rangeOf } from "../run/maps.ts";
import { tiedAtTop } from "./_ties.ts";

/** Whether the map's first maximum lies on the thing, or no further from it than is tolerated. */
export const pointingGame: Metric = defineMetric({
  id: "pointing-game",
  family: "localization",
  title: "Pointing game",
  summary: "1 where the most important pixel lies on the thing, 0 elsewhere",
  caution:
    "One pixel decides, and a large thing in the middle is hit by any map of the middle. The mean " +
    "over many pictures is meant.",
  paper: {
    citation:
      "Zhang, Lin, Brandt, Shen, Sclaroff 2016, Top-down Neural Attention by Excitation Backprop",
    url: "https://arxiv.org/abs/1608.00507",
    equation: "1 if the distance of argmax a from the mask ≤ tolerance, else 0",
  },
  better: "higher",
  verdict: true,
  needs: "mask",
  options: z.object({
    tolerance: z.number().min(0).max(10_000).default(0)
      .describe("How far from the mask the maximum may lie, in pixels of the network's input"),
  }),
  async *judge({ importance, mask, options: { tolerance } }) {
    const width = importance.shape[1];
    const best = importance.reduce((best, v, at) => v > importance[best] ? at : best, 0);
    const [row, column] = [Math.floor(best / width), best % width];
    const hit = mask!.some((inside, at) =>
      inside > 0 && Math.hypot(Math.floor(at / width) - row, at % width - column) <= tolerance
    );
    yield { step: 1, of: 1 };
    // of a map that points nowhere, or only away, the maximum is no place that it points at
    if (isFlat(importance) || rangeOf(importance)[1] <= 0) return { value: 0 };
    return { value: hit ? 1 : 0, notes: tiedAtTop(importance, best) };
  },
});
