import { z } from "../deps/zod.ts";
import { sumOf } from "../core/correlation.ts";
import { read } from "../engine/read.ts";
import { defineMetric, type Metric } from "../run/metric.ts";
import { perChannel } from "./_channels.ts";
import { logitOption, scoresOf } from "./_scores.ts";

/**
 * The mean squared difference between what the attribution says a disturbance costs and what it does:
 * Captum's `infidelity` with normally distributed noise.
 */
export const infidelity: Metric = defineMetric({
  id: "infidelity",
  family: "faithfulness",
  title: "Infidelity",
  summary: "How far the attribution is from saying what a small disturbance of the picture costs",
  caution:
    "It takes the attribution in units of the score: where it is a map of another scale, as a CAM " +
    "is, only normalized values can be compared. What is good depends on the size of the noise: with " +
    "little of it, the gradient wins.",
  paper: {
    citation:
      "Yeh, Hsieh, Suggala, Inouye, Ravikumar 2019, On the (In)fidelity and Sensitivity of " +
      "Explanations",
    url: "https://arxiv.org/abs/1901.09392",
    equation:
      "E over noise n of (nᵀ·a − (f(x) − f(x − n)))²; normalized: β·nᵀ·a, β the best factor, " +
      "E[nᵀa·Δf] / E[(nᵀa)²]",
  },
  better: "lower",
  options: z.object({
    samples: z.int().min(1).max(100_000).default(50).describe("Number of disturbances"),
    sigma: z.number().gt(0).max(100).default(0.2)
      .describe("Standard deviation of the noise, in the network's normalized space"),
    normalize: z.boolean().default(false)
      .describe("Scale the attribution first by the factor that suits it best"),
    score: logitOption,
  }),
  async *judge(context) {
    const { image, options: { samples, sigma, normalize, score }, random } = context;
    const input = await read(image.input), attribution = perChannel(context, input.shape);
    const stream = random.fork("noise"), products: number[] = [];
    const disturbed = () => {
      const noise = stream.normalValues(input.shape, 0, sigma);
      products.push(noise.reduce((sum, n, i) => sum + n * attribution[i], 0));
      return input.map((v, i) => v - noise[i]);
    };
    const { scores: [whole, ...others] } = yield* scoresOf(
      context,
      samples + 1,
      (i) => i === 0 ? input : disturbed(),
      score,
    );
    const changes = others.map((value) => whole - value);
    const squares = sumOf(products.map((p) => p * p));
    const factor = !normalize
      ? 1
      : squares > 0
      ? sumOf(products.map((p, i) => p * changes[i])) / squares
      : 0;
    const value = sumOf(products.map((p, i) => (factor * p - changes[i]) ** 2)) / samples;
    return { value };
  },
});
