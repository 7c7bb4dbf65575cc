import { z } from "../deps/zod.ts";
import { correlation } from "../core/correlation.ts";
import { baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { drawn } from "./_order.ts";
import { logitOption } from "./_scores.ts";
import { fallsOf } from "./_subsets.ts";

/** How well sums of the attribution over random sets of pixels agree with what replacing them costs. */
export const faithfulnessCorrelation: Metric = defineMetric({
  id: "faithfulness-correlation",
  family: "faithfulness",
  title: "Faithfulness correlation",
  summary:
    "Whether sets of pixels that the map says matter more cost more of the score when they are " +
    "replaced",
  caution:
    "Random pixels make noise of the picture, whatever they are; with few samples the value is " +
    "noise itself.",
  paper: {
    citation:
      "Bhatt, Weller, Moura 2020, Evaluating and Aggregating Feature-based Model Explanations",
    url: "https://arxiv.org/abs/2005.00631",
    equation: "corr over random S, |S| fixed, of Σ_{i ∈ S} aᵢ and f(x) − f(x with S replaced)",
  },
  better: "higher",
  options: z.object({
    share: z.number().gt(0).max(1).default(0.1).describe("Size of a set, as a share of the pixels"),
    samples: z.int().min(2).max(100_000).default(100).describe("Number of sets"),
    baseline: baselineOption("What replaced pixels become"),
    score: logitOption,
  }),
  async *judge(context) {
    const { options, importance, random } = context, stream = random.fork("sets");
    const many = Math.max(1, Math.round(options.share * importance.length));
    const sets = Array.from(
      { length: options.samples },
      () => drawn(importance.length, many, stream.integer).slice(),
    );
    const { falls, sums } = yield* fallsOf(context, sets);
    return { value: correlation(sums, falls) };
  },
});
