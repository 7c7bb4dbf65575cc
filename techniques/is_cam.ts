import type { AttributionTechnique } from "../run/technique.ts";
import type { IsCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { cam, trialOptions } from "./_cam.ts";
import { byMasks, enlarged, scaled } from "./_channel_masks.ts";

/**
 * IS-CAM, integrated Score-CAM: each channel weighs as much as the class's mean logit while its part
 * of the picture is shown ever more strongly. The attribution is the map at the layer's size,
 * `[h, w]`, at least 0. The strengths are torch-cam's: the paper's sums of i ÷ n, which grow like the
 * square of i and pass 1 soon (with ten samples, 0.1, 0.3, 0.6, 1, … 5.5). Masks are scaled at the
 * layer's size and then enlarged, as there (Score-CAM here enlarges first).
 */
export const isCam: AttributionTechnique<IsCamOptions> = cam({
  id: "is-cam",
  title: "IS-CAM",
  summary:
    "The region that speaks for the class, by showing each channel's part of the picture ever more " +
    "strongly",
  caution:
    "As coarse as the layer. Most of its strengths lie above 1: the masked pictures are brighter " +
    "than any that the network knows, and the softmax of their large scores lets few channels decide.",
  paper: {
    citation: "Naidu, Ghosh, Maurya, Kundu 2020, IS-CAM: Integrated Score-CAM",
    url: "https://arxiv.org/abs/2010.03023",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), w = softmaxₖ 1/n · Σᵢ S_c(cᵢ·x ⊙ upsampled(scaled Aₖ)), " +
      "cᵢ = i(i + 1) / 2n, i = 1 … n",
  },
  options: trialOptions.extend({
    samples: z.int().min(1).max(10_000).default(10)
      .describe("Number of strengths at which each channel's part is shown"),
  }),
  maps: byMasks({
    masks: (channels, height, width) => enlarged(scaled(channels), height, width),
    samples: (options) => options.samples,
    vary: ({ options: { samples: count } }) => (masks, samples) => {
      const strengths = samples.map((i) => (i + 1) * (i + 2) / (2 * count));
      return tf.mul(masks, tf.reshape(tf.tensor1d(strengths), [-1, 1, 1, 1]));
    },
  }),
});
