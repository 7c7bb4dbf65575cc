import { z } from "../deps/zod.ts";
import { baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { curveOf, stepsOption } from "./_curve.ts";
import { scoreOption } from "./_scores.ts";

/** The area under the class's score while the most important pixels are taken away, step by step. */
export const deletion: Metric = defineMetric({
  id: "deletion",
  family: "faithfulness",
  title: "Deletion",
  summary: "How fast the class's score falls when the most important pixels are taken away",
  caution:
    "Pictures with holes are unlike any that the network was trained on: the score may fall because " +
    "of the holes, and other baselines give other orders of techniques.",
  paper: {
    citation: "Petsiuk, Das, Saenko 2018, RISE",
    url: "https://arxiv.org/abs/1806.07421",
    equation: "∫₀¹ f(x without its share p of most important pixels) dp, by trapezoids",
  },
  better: "lower",
  options: z.object({
    steps: stepsOption,
    baseline: baselineOption("What taken pixels become"),
    score: scoreOption,
  }),
  judge: curveOf("delete"),
});
