import type { AttributionTechnique } from "../run/technique.ts";
import type { SsCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { cam, trialOptions } from "./_cam.ts";
import { byMasks, enlarged, scaled } from "./_channel_masks.ts";

/**
 * SS-CAM, smoothed Score-CAM: each channel weighs as much as the class's mean logit when its part of
 * the picture is shown through masks with noise. The attribution is the map at the layer's size,
 * `[h, w]`, at least 0. Defaults and order are torch-cam's: a channel is scaled to 0..1 at the layer's
 * size and then enlarged (Score-CAM here enlarges first, as its paper does), each mask has noise of
 * its own, which is added after that and goes beyond 0..1. The other of the paper's two ways, noise on
 * the picture instead of the mask, is not offered.
 */
export const ssCam: AttributionTechnique<SsCamOptions> = cam({
  id: "ss-cam",
  title: "SS-CAM",
  summary:
    "The region that speaks for the class, by showing each channel's part of the picture many times " +
    "with noise",
  caution:
    "As coarse as the layer. With the usual noise, the masked pictures are unlike any that the " +
    "network knows, and every channel takes as many forward passes as there are samples.",
  paper: {
    citation: "Wang, Naidu, Michael, Kundu 2020, SS-CAM: Smoothed Score-CAM",
    url: "https://arxiv.org/abs/2006.14255",
    equation:
      "M = ReLU(Σₖ wₖ·Aₖ), w = softmaxₖ 1/n · Σᵢ S_c(x ⊙ (upsampled(scaled Aₖ) + εᵢ)), εᵢ ~ N(0, σ²)",
  },
  options: trialOptions.extend({
    samples: z.int().min(1).max(10_000).default(35)
      .describe("Number of noisy masks for each channel"),
    noise: z.number().min(0).max(100).default(2)
      .describe("Standard deviation of the noise on the masks, whose values without it are 0..1"),
  }),
  maps: byMasks({
    masks: (channels, height, width) => enlarged(scaled(channels), height, width),
    samples: (options) => options.samples,
    vary({ random, options }, layer) {
      const stream = random.fork("noise").fork(layer.name);
      return (masks) =>
        tf.add(masks, tf.tensor4d(stream.normalValues(masks.shape, 0, options.noise), masks.shape));
    },
  }),
});
