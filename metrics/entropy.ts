import { z } from "../deps/zod.ts";
import { sumOf } from "../core/correlation.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { amountsOf, rawOption } from "./_amounts.ts";

/** The entropy of the shares that pixels have of the attribution, in nats: 0 where one has it all. */
export const entropy: Metric = defineMetric({
  id: "entropy",
  family: "complexity",
  title: "Entropy",
  summary: "How many pixels one has to look at: the entropy of their shares of the map",
  caution:
    "A map of one wrong pixel is as simple as can be: this says nothing of what is right. It grows " +
    "with the picture: the most is the logarithm of the number of pixels.",
  paper: {
    citation:
      "Bhatt, Weller, Moura 2020, Evaluating and Aggregating Feature-based Model Explanations",
    url: "https://arxiv.org/abs/2005.00631",
    equation: "−Σᵢ pᵢ·ln pᵢ, pᵢ = |aᵢ| / Σ|a|",
  },
  better: "lower",
  options: z.object({ raw: rawOption }),
  async *judge(context) {
    const amounts = amountsOf(context, context.options).map(Math.abs), total = sumOf(amounts);
    yield { step: 1, of: 1 };
    const value = total > 0
      ? amounts.reduce((sum, v) => v > 0 ? sum - v / total * Math.log(v / total) : sum, 0)
      : 0;
    return { value };
  },
});
