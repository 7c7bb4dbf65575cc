import { z } from "../deps/zod.ts";
import { baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { curveOf, stepsOption } from "./_curve.ts";
import { scoreOption } from "./_scores.ts";

/** The area under the class's score while the most important pixels are put into a baseline. */
export const insertion: Metric = defineMetric({
  id: "insertion",
  family: "faithfulness",
  title: "Insertion",
  summary: "How fast the class's score rises when the most important pixels are put in",
  caution:
    "A few pixels on a blurred picture are unlike any picture that the network was trained on. Maps " +
    "that follow edges do well, since edges are what the blur has taken.",
  paper: {
    citation: "Petsiuk, Das, Saenko 2018, RISE",
    url: "https://arxiv.org/abs/1806.07421",
    equation: "∫₀¹ f(baseline with the share p of most important pixels of x) dp, by trapezoids",
  },
  better: "higher",
  options: z.object({
    steps: stepsOption,
    baseline: baselineOption("What the pixels are put into", "blur"),
    score: scoreOption,
  }),
  judge: curveOf("insert"),
});
