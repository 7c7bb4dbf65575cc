import { z } from "../deps/zod.ts";
import { attributionOptions, clipOption, overlayOption } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { SmoothGradOptions } from "./options.ts";
import { sampled, sampledOption, smoothedOver, spreadOf, variantOption } from "./_samples.ts";

const ID = "smooth-grad";

/**
 * SmoothGrad: an attribution averaged over noisy copies of the picture. The attribution has the
 * smoothed technique's shape; `squared` and `var` are at least 0. Defaults are PAIR's, but for the
 * variant: its implementation squares, the paper (and this default) takes the mean.
 */
export const smoothGrad: AttributionTechnique<SmoothGradOptions> = defineTechnique({
  id: ID,
  title: "SmoothGrad",
  kind: "attribution",
  summary: "Another attribution with less noise: its average over noisy copies of the picture",
  caution:
    "It smooths whatever it is given, faults included; with too much noise, the network sees " +
    "pictures unlike any that it knows.",
  paper: {
    citation: "Smilkov, Thorat, Kim, Viégas, Wattenberg 2017, SmoothGrad",
    url: "https://arxiv.org/abs/1706.03825",
    equation: "R = 1/n · Σᵢ R_of(x + εᵢ), ε ~ N(0, (σ·(max x − min x))²); squared: mean of R²; " +
      "var: mean of R² − (mean of R)²",
  },
  options: attributionOptions.extend({
    of: sampledOption("Attribution to smooth"),
    variant: variantOption,
    samples: z.int().min(1).max(10_000).default(25).describe("Number of noisy copies"),
    sigma: z.number().min(0).max(10).default(0.15)
      .describe("Standard deviation of the noise, as a share of the picture's range of values"),
    clip: clipOption,
    overlay: overlayOption(0.85),
  }),
  async *run(context) {
    const { image, options: { of, samples: count, sigma } } = context;
    const deviation = sigma * await spreadOf(image.input);
    return yield* smoothedOver(context, { ...sampled(of, ID), count, deviation });
  },
});
