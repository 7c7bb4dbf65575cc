import type { AttributionTechnique } from "../run/technique.ts";
import type { DeconvnetOptions } from "./options.ts";
import { deconvnetRules } from "./_relu_rules.ts";
import { rectifiedGradient } from "./_rectified.ts";

/**
 * Deconvolutional network: the gradient of the logit, rectified itself at each ReLU, whatever the
 * ReLU's input was; max-pooling goes back to where its maximum was. The attribution is signed,
 * `[height, width, channels]`. Acts on every ReLU and ReLU6, fused and reused ones too; other activations keep
 * their gradient, and a note names them.
 */
export const deconvnet: AttributionTechnique<DeconvnetOptions> = rectifiedGradient({
  id: "deconvnet",
  title: "DeconvNet",
  summary: "What the class's score looks like, projected back to pixels",
  caution: "Without max-pooling the projection hardly depends on the picture; like guided " +
    "backpropagation it shows features more than reasons.",
  paper: {
    citation: "Zeiler, Fergus 2013, Visualizing and Understanding Convolutional Networks",
    url: "https://arxiv.org/abs/1311.2901",
    equation: "at each ReLU: R_x = max(R_y, 0)",
  },
  rules: deconvnetRules,
});
