import { z } from "../deps/zod.ts";
import { sumOf } from "../core/correlation.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { logitOption, scoresOf } from "./_scores.ts";

/** How far the attribution's sum is from the score that was to be shared out, as a share of that. */
export const completeness: Metric = defineMetric({
  id: "completeness",
  family: "axioms",
  title: "Completeness gap",
  summary: "How far the attribution is from adding up to the score above the baseline's",
  caution:
    "Only techniques that share the score out promise to add up, each from its own baseline: give " +
    "the one that the technique started from. A sum that is right says nothing of where things are.",
  paper: {
    citation: "Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks",
    url: "https://arxiv.org/abs/1703.01365",
    equation: "|Σ a − (f(x) − f(baseline))| / |f(x) − f(baseline)|",
  },
  better: "lower",
  options: z.object({
    baseline: baselineOption("What the score is compared with"),
    score: logitOption,
  }),
  async *judge(context) {
    const { model, image, attribution, options, random } = context, input = await read(image.input);
    const other = await baseline(options.baseline, input, model.preprocess, random);
    const pictures = [input, other];
    const { scores: [whole, none] } = yield* scoresOf(
      context,
      2,
      (i) => pictures[i],
      options.score,
    );
    const shared = whole - none, gap = Math.abs(sumOf(attribution) - shared);
    if (shared === 0) {
      return {
        value: gap,
        notes: ["The baseline has the same score: there is nothing to share out."],
      };
    }
    return { value: gap / Math.abs(shared) };
  },
});
