import { z } from "../deps/zod.ts";
import { meanOf } from "../core/correlation.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { classesOf } from "./_classes.ts";
import { drawn } from "./_order.ts";
import { magnitudeOption, similarityOf, similarityOption } from "./_similarity.ts";

/** How alike the run's map is to those of other classes, drawn at random. */
export const randomLogit: Metric = defineMetric({
  id: "random-logit",
  family: "randomization",
  title: "Random logit",
  summary: "Whether the map would be the same of any other class",
  caution:
    "Techniques that explain no class have 1. Classes that are seen by the same thing may rightly " +
    "have maps that are alike.",
  paper: {
    citation: "Sixt, Granz, Landgraf 2020, When Explanations Lie",
    url: "https://arxiv.org/abs/1912.09818",
    equation: "mean over random classes d ≠ c of similarity(Φ(x, c), Φ(x, d))",
  },
  better: "lower",
  options: z.object({
    classes: z.int().min(1).max(1000).default(3).describe("Most other classes to explain"),
    similarity: similarityOption.default("ssim"),
    magnitude: magnitudeOption,
  }),
  async *judge(context) {
    const { options, target, random, again } = context;
    const { classes: { length } } = classesOf(context, "random-logit");
    const others = Array.from({ length }, (_, i) => i).filter((i) => i !== target.index);
    const many = Math.min(options.classes, others.length);
    const chosen = [...drawn(others.length, many, random.fork("classes").integer)];
    const own = await again(), similarities: number[] = [];
    for (const at of chosen) {
      similarities.push(similarityOf(own, await again({ class: others[at] }), options));
      yield { step: similarities.length, of: many };
    }
    return { value: meanOf(similarities) };
  },
});
