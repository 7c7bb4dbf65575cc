import type { AttributionTechnique } from "../run/technique.ts";
import type { GradCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { byGradients, cam, camOptions } from "./_cam.ts";

/** Maps of Grad-CAM: each channel weighs as much as the mean of its gradient. */
export const gradCamMaps = byGradients((_, gradient) => tf.mean(gradient, [1, 2], true));

/**
 * Grad-CAM: where a layer's channels that raise the class's logit are active. The attribution is
 * the map at the layer's size, `[h, w]`, at least 0.
 */
export const gradCam: AttributionTechnique<GradCamOptions> = cam({
  id: "grad-cam",
  title: "Grad-CAM",
  summary: "The region that speaks for the class, by a layer's activations and mean gradients",
  caution: "As coarse as the layer, and averaging the gradients can point at places that the " +
    "network does not use (Draelos and Carin 2020); hires-cam does not.",
  paper: {
    citation: "Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks",
    url: "https://arxiv.org/abs/1610.02391",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), wₖ = mean over places of ∂S_c/∂Aₖ",
  },
  options: camOptions,
  maps: gradCamMaps,
});
