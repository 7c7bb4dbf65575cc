import { z } from "../deps/zod.ts";
import { rangeOf } from "../run/maps.ts";
import { defineMetric, type Metric } from "../run/metric.ts";

/** Intersection over union of the thing and where the map is bright. */
export const iou: Metric = defineMetric({
  id: "iou",
  family: "localization",
  title: "Intersection over union",
  summary: "How well the bright part of the map covers the thing, and nothing else",
  caution: "The threshold decides, and one that suits a smooth map does not suit a grainy one.",
  paper: {
    citation:
      "Zhou, Khosla, Lapedriza, Oliva, Torralba 2016, Learning Deep Features for Discriminative " +
      "Localization",
    url: "https://arxiv.org/abs/1512.04150",
    equation: "|B ∩ mask| / |B ∪ mask|, B the pixels with a ≥ threshold·max a",
  },
  better: "higher",
  needs: "mask",
  options: z.object({
    threshold: z.number().gt(0).max(1).default(0.2)
      .describe("From which share of the largest value on a pixel counts as bright"),
  }),
  async *judge({ importance, mask, options: { threshold } }) {
    const least = threshold * rangeOf(importance)[1];
    let both = 0, either = 0;
    importance.forEach((v, at) => {
      const bright = v > 0 && v >= least;
      if (bright && mask![at]) both++;
      if (bright || mask![at]) either++;
    });
    yield { step: 1, of: 1 };
    return { value: both / either };
  },
});
