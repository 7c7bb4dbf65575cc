import { z } from "../deps/zod.ts";
import { meanOf } from "../core/correlation.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { partsOf, shuffled } from "./_shuffled.ts";
import { magnitudeOption, similarityOf, similarityOption } from "./_similarity.ts";

/** How much of the map is left when the network unlearns what it knew, part by part. */
export const modelRandomization: Metric = defineMetric({
  id: "model-randomization",
  family: "randomization",
  title: "Model-parameter randomization",
  summary:
    "How alike the map stays when ever more of the network's weights are shuffled, from the last " +
    "layer on",
  caution:
    "Edges of the picture are large in any network's map, learnt or not, so magnitudes stay alike " +
    "to a degree (Yona, Greenfeld 2021; Binder et al. 2023). A map of noise passes.",
  paper: {
    citation:
      "Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim 2018, Sanity Checks for Saliency Maps",
    url: "https://arxiv.org/abs/1810.03292",
    equation: "mean over the stages s of similarity(Φ(x), Φ of the network with s shuffled)",
  },
  better: "lower",
  options: z.object({
    order: z.enum(["cascading", "independent"]).default("cascading").describe(
      "Shuffle each part together with all that come after it, or alone",
    ),
    stages: z.int().min(1).max(1000).default(5)
      .describe("Parts of the network; the first is its last layer"),
    similarity: similarityOption,
    magnitude: magnitudeOption,
  }),
  async *judge({ model, options, random, again }) {
    const parts = partsOf(model.network.graph, options.stages), stream = random.fork("weights");
    const own = await again(), curve: number[] = [];
    for (let i = 0; i < parts.length; i++) {
      const from = options.order === "cascading" ? 0 : i;
      const other = shuffled(model, parts.slice(from, i + 1), stream);
      try {
        curve.push(similarityOf(own, await again({ model: other }), options));
      } finally {
        other.network.dispose();
      }
      yield { step: i + 1, of: parts.length };
    }
    return {
      value: meanOf(curve),
      curve,
      axes: {
        x: curve.map((_, i) => i + 1),
        titles: ["parts that are shuffled, from the last layer on", "similarity"],
      },
      notes: [
        `Shuffled ${options.order === "cascading" ? "down to" : "from"} ${
          parts.map(({ name }) => name).join(", ")
        }.`,
      ],
    };
  },
});
