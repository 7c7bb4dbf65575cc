import { z } from "../deps/zod.ts";
import { attributionOptions, clipOption, overlayOption } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { NoiseTunnelOptions } from "./options.ts";
import { sampled, sampledOption, smoothedOver, spreadOf, variantOption } from "./_samples.ts";

const ID = "noise-tunnel";

/**
 * Noise tunnel: an attribution over noisy copies of the picture. The
 * attribution has the shape of the one that is run; `squared` and `var` are at least 0. It is Captum's, whose
 * types are called smoothgrad, smoothgrad_sq and vargrad, but for its defaults: five samples of a
 * deviation of 1 in the network's normalized space (`samples: 5`, `sigma: 1`, `scale: "absolute"`) make
 * pictures of noise. Here they are those of SmoothGrad's paper and of `smooth-grad`: the deviation is a
 * share of the picture's range of values.
 */
export const noiseTunnel: AttributionTechnique<NoiseTunnelOptions> = defineTechnique({
  id: ID,
  title: "Noise tunnel",
  kind: "attribution",
  summary: "Mean, square or variance of any attribution, with its own options, over noisy copies",
  caution:
    "What it is given it smooths, faults included. The variance tells where an attribution " +
    "is unsteady, not what matters; and with too much noise the network sees pictures unlike any " +
    "that it knows.",
  paper: {
    citation: "Smilkov et al. 2017, SmoothGrad; Adebayo, Gilmer, Goodfellow, Kim 2018, Local " +
      "Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values (VarGrad)",
    url: "https://arxiv.org/abs/1810.03307",
    equation: "R = 1/n · Σᵢ R_of(x + εᵢ), ε ~ N(0, σ²); squared: mean of R²; " +
      "var: mean of R² − (mean of R)²",
  },
  options: attributionOptions.extend({
    of: sampledOption("Attribution to run on the noisy copies"),
    variant: variantOption,
    samples: z.int().min(1).max(10_000).default(25).describe("Number of noisy copies"),
    sigma: z.number().min(0).max(1000).default(0.15).describe("Standard deviation of the noise"),
    scale: z.enum(["range", "absolute"]).default("range").describe(
      "What the deviation is measured in: the picture's range of values, of which it is a share, or " +
        "numbers of the network's normalized space",
    ),
    clip: clipOption,
    overlay: overlayOption(0.85),
  }),
  async *run(context) {
    const { image, options: { of, samples: count, sigma, scale } } = context;
    const deviation = scale === "range" ? sigma * await spreadOf(image.input) : sigma;
    return yield* smoothedOver(context, { ...sampled(of, ID), count, deviation });
  },
});
