import { z } from "../deps/zod.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { counts, stepsOption } from "./_curve.ts";
import { byImportance, replaced } from "./_order.ts";
import { scoreOption, scoresOf } from "./_scores.ts";

/** The share of steps in which the score does not fall while ever more important pixels are put in. */
export const monotonicity: Metric = defineMetric({
  id: "monotonicity",
  family: "faithfulness",
  title: "Monotonicity",
  summary:
    "Whether the class's score only rises when pixels are put in from the least to the most " +
    "important one",
  caution:
    "It counts steps, not how far the score rises: one step that matters weighs as much as one " +
    "of no account. The paper's verdict is yes only at 1.",
  paper: {
    citation:
      "Luss et al. 2019, Leveraging Latent Features for Local Explanations; Arya et al. 2019, One " +
      "Explanation Does Not Fit All",
    url: "https://arxiv.org/abs/1909.03012",
    equation:
      "share of steps k with f(the k least important groups of x on the baseline) ≥ f(the k − 1)",
  },
  better: "higher",
  options: z.object({
    steps: stepsOption,
    baseline: baselineOption("What the pixels are put into"),
    score: scoreOption,
  }),
  async *judge(context) {
    const { image, model, importance, options, random } = context, input = await read(image.input);
    const empty = await baseline(options.baseline, input, model.preprocess, random);
    const order = byImportance(importance).reverse(), points = counts(order.length, options.steps);
    const { scores, score } = yield* scoresOf(
      context,
      points.length,
      (i) => replaced(empty, input, order.subarray(0, points[i])),
      options.score,
    );
    const rises = scores.slice(1).filter((value, i) => value >= scores[i]).length;
    return {
      value: rises / (points.length - 1),
      curve: [...scores],
      axes: {
        x: points.map((count) => count / order.length),
        titles: ["share of the pixels shown, least important first", score],
      },
    };
  },
});
