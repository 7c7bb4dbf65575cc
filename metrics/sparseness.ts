import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { amountsOf, rawOption } from "./_amounts.ts";

/**
 * The Gini index of the map's magnitudes: 0 where all pixels matter alike, nearly 1 where one does
 * alone. Of nothing but zeros it is 0.
 */
export const sparseness: Metric = defineMetric({
  id: "sparseness",
  family: "complexity",
  title: "Sparseness",
  summary: "How few pixels carry the map",
  caution: "A map of one wrong pixel is as sparse as can be: this says nothing of what is right.",
  paper: {
    citation: "Chalasani et al. 2020, Concise Explanations of Neural Networks using Adversarial " +
      "Training",
    url: "https://arxiv.org/abs/1810.06583",
    equation: "G = Σᵢ (2i − n − 1)·|a|₍ᵢ₎ / (n·Σᵢ|a|₍ᵢ₎), |a| in ascending order",
  },
  better: "higher",
  options: z.object({ raw: rawOption }),
  async *judge(context) {
    const sorted = amountsOf(context, context.options).map(Math.abs).sort(), n = sorted.length;
    let sum = 0, weighted = 0;
    sorted.forEach((v, i) => {
      sum += v;
      weighted += (2 * (i + 1) - n - 1) * v;
    });
    yield { step: 1, of: 1 };
    return { value: sum > 0 ? weighted / (n * sum) : 0 };
  },
});
