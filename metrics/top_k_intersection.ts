import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { byImportance } from "./_order.ts";
import { tiedAtCut } from "./_ties.ts";

/** Of a fixed number of the most important pixels, the share that lies on the thing. */
export const topKIntersection: Metric = defineMetric({
  id: "top-k-intersection",
  family: "localization",
  title: "Top-k intersection",
  summary: "Of the most important pixels, which share lies on the thing",
  caution: "Where the thing is smaller than k it cannot be 1.",
  paper: {
    citation: "Theiner, Müller-Budack, Ewerth 2022, Interpretable Semantic Photo Geolocation",
    url: "https://arxiv.org/abs/2104.14995",
    equation: "|the k most important pixels ∩ mask| / k",
  },
  better: "higher",
  needs: "mask",
  options: z.object({
    share: z.number().gt(0).max(1).default(0.05).describe("k, as a share of the picture's pixels"),
  }),
  async *judge({ importance, mask, options: { share } }) {
    const k = Math.max(1, Math.round(share * importance.length));
    const order = byImportance(importance), best = order.subarray(0, k);
    yield { step: 1, of: 1 };
    return {
      value: best.reduce((sum, at) => sum + mask![at], 0) / k,
      notes: tiedAtCut(importance, order, k),
    };
  },
});
