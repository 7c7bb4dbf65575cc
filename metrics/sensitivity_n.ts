import { z } from "../deps/zod.ts";
import { correlation, meanOf } from "../core/correlation.ts";
import { baselineOption } from "../run/baseline.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { drawn } from "./_order.ts";
import { logitOption } from "./_scores.ts";
import { fallsOf } from "./_subsets.ts";

/** Sizes of sets, from one pixel to `most` of `pixels`, evenly on a logarithmic scale, each once. */
function sizesOf(pixels: number, most: number, count: number): number[] {
  const last = Math.max(1, Math.round(most * pixels));
  const sizes = Array.from(
    { length: count },
    (_, i) => Math.round(count === 1 ? last : last ** (i / (count - 1))),
  );
  return [...new Set(sizes)];
}

/** The faithfulness correlation for sets of many sizes, and its mean. */
export const sensitivityN: Metric = defineMetric({
  id: "sensitivity-n",
  family: "faithfulness",
  title: "Sensitivity-n",
  summary:
    "Whether sums of the map agree with what replacing the pixels costs, for few pixels and for " +
    "many",
  caution:
    "No technique holds it for all sizes unless the network is linear; single pixels change the " +
    "score by next to nothing, and rounding makes a good part of their correlation.",
  paper: {
    citation:
      "Ancona, Ceolini, Öztireli, Gross 2018, Towards better understanding of gradient-based " +
      "attribution methods for deep neural networks",
    url: "https://arxiv.org/abs/1711.06104",
    equation:
      "for each n: corr over random S, |S| = n, of Σ_{i ∈ S} aᵢ and f(x) − f(x with S replaced)",
  },
  better: "higher",
  options: z.object({
    sizes: z.int().min(1).max(100).default(8)
      .describe("How many sizes of sets, from one pixel on, each larger by the same factor"),
    most: z.number().gt(0).max(1).default(0.8).describe(
      "The largest size, as a share of the pixels",
    ),
    samples: z.int().min(2).max(100_000).default(25).describe("Number of sets of each size"),
    baseline: baselineOption("What replaced pixels become"),
    score: logitOption,
  }),
  async *judge(context) {
    const { options: { sizes: wanted, most, samples }, importance, random } = context;
    const pixels = importance.length, stream = random.fork("sets");
    const sizes = sizesOf(pixels, most, wanted);
    const sets = sizes.flatMap((size) =>
      Array.from({ length: samples }, () => drawn(pixels, size, stream.integer).slice())
    );
    const { falls, sums } = yield* fallsOf(context, sets);
    const curve = sizes.map((_, i) => {
      const of = (numbers: number[]) => numbers.slice(i * samples, (i + 1) * samples);
      return correlation(of(sums), of(falls));
    });
    return {
      value: meanOf(curve),
      curve,
      axes: { x: sizes, titles: ["pixels that are replaced", "correlation"] },
    };
  },
});
