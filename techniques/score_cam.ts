import type { AttributionTechnique } from "../run/technique.ts";
import type { ScoreCamOptions } from "./options.ts";
import { cam, trialOptions } from "./_cam.ts";
import { byMasks, enlarged, scaled } from "./_channel_masks.ts";

/**
 * Score-CAM: each channel weighs as much as the class's logit when only its part of the picture is
 * shown. The attribution is the map at the layer's size, `[h, w]`, at least 0. The picture is
 * multiplied in the network's normalized space; the baseline's score, alike for all channels, drops
 * out of the softmax.
 */
export const scoreCam: AttributionTechnique<ScoreCamOptions> = cam({
  id: "score-cam",
  title: "Score-CAM",
  summary:
    "The region that speaks for the class, by showing the network each channel's part of the picture",
  caution:
    "As coarse as the layer. The softmax lets the few best channels decide, and each channel " +
    "takes a forward pass.",
  paper: {
    citation: "Wang et al. 2020, Score-CAM",
    url: "https://arxiv.org/abs/1910.01279",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), w = softmaxₖ S_c(x ⊙ scaled(upsampled Aₖ))",
  },
  options: trialOptions,
  maps: byMasks({ masks: (channels, height, width) => scaled(enlarged(channels, height, width)) }),
});
