import { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { LimeOptions } from "./options.ts";
import { fitNotes, Regression, Spread } from "./_regression.ts";
import {
  type Coalition,
  fillOption,
  hiding,
  painted,
  scoreShown,
  segmentOptions,
} from "./_segments.ts";
import { signedResult } from "./_shown.ts";

/** The cosine distance to the picture of which all is shown; of nothing shown, the largest: 1. */
function distanceTo(coalition: Coalition): number {
  let shown = 0;
  for (let i = 0; i < coalition.length; i++) shown += coalition[i];
  return 1 - Math.sqrt(shown / coalition.length);
}

/**
 * LIME: a linear model of what the network says of the picture with half of its segments hidden at
 * random, where pictures like the whole one count more. Each pixel has its segment's coefficient: the
 * attribution is signed, `[height, width]`. As its authors' for pictures (`lime_image`), but for the
 * superpixels, which are SLIC's, not quickshift's.
 */
export const lime: AttributionTechnique<LimeOptions> = defineTechnique({
  id: "lime",
  title: "LIME",
  kind: "attribution",
  summary: "Which segments speak for the class, by a linear model fitted to pictures without some",
  caution:
    "It explains the linear model, not the network: how well the one fits the other, R² says. " +
    "Another seed, other segments or another width give another map.",
  paper: {
    citation:
      'Ribeiro, Singh, Guestrin 2016, "Why Should I Trust You?" Explaining the Predictions ' +
      "of Any Classifier",
    url: "https://arxiv.org/abs/1602.04938",
    equation: "w = argmin Σ_z π(z)·(P_c(x_z) − w₀ − Σᵢ zᵢwᵢ)² + λ·‖w‖², " +
      "π(z) = √exp(−(1 − √(|z|/n))² / width²)",
  },
  options: signedOptions.extend({
    ...segmentOptions,
    samples: z.int().min(1).max(100_000).default(1000).describe(
      "Pictures with segments hidden at random that the linear model is fitted to",
    ),
    width: z.number().positive().max(1000).default(0.25).describe(
      "How soon pictures count less the more is hidden, as a cosine distance",
    ),
    ridge: z.number().min(0).max(1e6).default(1).describe(
      "λ, what large coefficients cost: they are pulled towards zero",
    ),
    of: z.enum(["probability", "score"]).default("probability").describe(
      "What is fitted: the class's probability (the score, where scores have none) or its score, " +
        "which tells more where the network is all but certain",
    ),
    fill: fillOption("segment"),
  }),
  async *run(context) {
    const { options: { samples, width, ridge, of, ...options }, target, random } = context;
    const parts = await hiding({ ...context, options }), { count: segments } = parts.segments;
    const regression = new Regression(segments), spread = new Spread();
    // the first shows all, as the authors' does
    const shown = (index: number) =>
      Uint8Array.from({ length: segments }, () => index === 0 || random.next() < 0.5 ? 1 : 0);
    let fitted = "score";
    for await (const { to, logits, coalitions } of scoreShown(context, parts, samples, shown)) {
      const probabilities = of === "probability" ? target.probabilities(logits) : undefined;
      if (probabilities) fitted = "probability";
      (probabilities ?? target.scores(logits)).forEach((score, i) => {
        const weight = Math.sqrt(Math.exp(-((distanceTo(coalitions[i]) / width) ** 2)));
        regression.add(coalitions[i], score, weight);
        spread.add(score, weight);
      });
      yield { step: to, of: samples };
    }
    const { coefficients, intercept, rest } = regression.fit({ intercept: true, ridge });
    const explained = spread.explained(rest);
    return signedResult(painted(parts.segments, coefficients), options, {
      figures: {
        segments,
        intercept,
        fitted,
        ...(explained === undefined ? {} : { explained }),
      },
      diagnosis: fitNotes(explained, fitted, { pictures: samples, segments }),
    });
  },
});
