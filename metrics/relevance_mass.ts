import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { massOf } from "../run/mask.ts";
import { amountsOf, rawOption } from "./_amounts.ts";

/** The share of what speaks for the target that lies on the thing. */
export const relevanceMass: Metric = defineMetric({
  id: "relevance-mass",
  family: "localization",
  title: "Relevance mass accuracy",
  summary: "Which share of the positive relevance lies on the thing",
  caution:
    "It grows with the thing, and a few very large numbers decide. A network that knows the class by " +
    "its surroundings should have a low one.",
  paper: {
    citation: "Arras, Osman, Samek 2022, CLEVR-XAI",
    url: "https://arxiv.org/abs/2003.07258",
    equation: "Σ_{i ∈ mask} max(0, aᵢ) / Σᵢ max(0, aᵢ), the channels of a pixel summed first",
  },
  better: "higher",
  needs: "mask",
  options: z.object({ raw: rawOption }),
  async *judge(context) {
    const { all, inside } = massOf(amountsOf(context, context.options), context.mask!);
    yield { step: 1, of: 1 };
    return { value: all > 0 ? inside / all : 0 };
  },
});
