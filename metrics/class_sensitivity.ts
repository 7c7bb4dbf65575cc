import { z } from "../deps/zod.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { mostAndLeast } from "./_classes.ts";
import { magnitudeOption, similarityOf, similarityOption } from "./_similarity.ts";

/** How alike the maps of the most and of the least probable class are. */
export const classSensitivity: Metric = defineMetric({
  id: "class-sensitivity",
  family: "randomization",
  title: "Class sensitivity",
  summary:
    "Whether the map of the class that the network sees is another than that of the class it sees " +
    "least",
  caution:
    "Techniques that explain no class have 1, and so they should. What speaks for one class may " +
    "lie where something speaks against another: then magnitudes are alike, and rightly.",
  paper: {
    citation: "Li, Zhou, Wu, Yu, Wang 2021, Quantitative Evaluations on Saliency Methods",
    url: "https://arxiv.org/abs/2012.15616",
    equation: "similarity(Φ(x, argmax f), Φ(x, argmin f))",
  },
  better: "lower",
  options: z.object({ similarity: similarityOption, magnitude: magnitudeOption }),
  async *judge(context) {
    const [most, least] = await mostAndLeast(context), { again, options } = context;
    const first = await again({ class: most });
    yield { step: 1, of: 2 };
    const last = await again({ class: least });
    yield { step: 2, of: 2 };
    return { value: similarityOf(first, last, options) };
  },
});
