import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { areaOf } from "../run/mask.ts";
import { byImportance } from "./_order.ts";
import { tiedAtCut } from "./_ties.ts";

/** Of the most important pixels, as many as the thing has, the share that lies on it. */
export const relevanceRank: Metric = defineMetric({
  id: "relevance-rank",
  family: "localization",
  title: "Relevance rank accuracy",
  summary: "Of as many of the most important pixels as the thing has, which share lies on it",
  caution:
    "The network may need no more than a part of the thing: then the rest of the list is noise.",
  paper: {
    citation: "Arras, Osman, Samek 2022, CLEVR-XAI",
    url: "https://arxiv.org/abs/2003.07258",
    equation: "|the |mask| most important pixels ∩ mask| / |mask|",
  },
  better: "higher",
  needs: "mask",
  options: z.object({}),
  async *judge({ importance, mask }) {
    const area = areaOf(mask!), order = byImportance(importance), best = order.subarray(0, area);
    yield { step: 1, of: 1 };
    return {
      value: best.reduce((sum, at) => sum + mask![at], 0) / area,
      notes: tiedAtCut(importance, order, area),
    };
  },
});
