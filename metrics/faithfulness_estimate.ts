import { z } from "../deps/zod.ts";
import { correlation } from "../core/correlation.ts";
import { baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { counts, stepsOption } from "./_curve.ts";
import { byImportance } from "./_order.ts";
import { logitOption } from "./_scores.ts";
import { fallsOf } from "./_subsets.ts";

/** How well the attribution of groups of pixels agrees with what replacing each group costs. */
export const faithfulnessEstimate: Metric = defineMetric({
  id: "faithfulness-estimate",
  family: "faithfulness",
  title: "Faithfulness estimate",
  summary:
    "Whether groups of ever less important pixels cost ever less of the score, each replaced alone",
  caution:
    "Groups of pixels of equal importance lie scattered over the picture: replacing them makes a " +
    "noise that the network has never seen.",
  paper: {
    citation:
      "Alvarez-Melis, Jaakkola 2018, Towards Robust Interpretability with Self-Explaining Neural " +
      "Networks",
    url: "https://arxiv.org/abs/1806.07538",
    equation:
      "corr over the groups G, by falling importance, of Σ_{i ∈ G} aᵢ and f(x) − f(x with G " +
      "replaced)",
  },
  better: "higher",
  options: z.object({
    steps: stepsOption.describe("Groups of pixels, equally large but for the last"),
    baseline: baselineOption("What replaced pixels become"),
    score: logitOption,
  }),
  async *judge(context) {
    const { importance, options: { steps } } = context, order = byImportance(importance);
    const ends = counts(order.length, steps);
    const groups = ends.slice(1).map((end, i) => order.slice(ends[i], end));
    const { falls, sums, score } = yield* fallsOf(context, groups);
    return {
      value: correlation(sums, falls),
      curve: falls,
      axes: { x: groups.map((_, i) => i + 1), titles: ["group", `fall of the ${score}`] },
      notes: groups.length < 3 ? ["Fewer than three groups always correlate: use more steps."] : [],
    };
  },
});
