import type { AttributionTechnique } from "../run/technique.ts";
import type { GuidedBackpropOptions } from "./options.ts";
import { guidedRules } from "./_relu_rules.ts";
import { rectifiedGradient } from "./_rectified.ts";

/**
 * Guided backpropagation: the gradient of the logit, going back through a ReLU only where it is
 * positive and the ReLU was active. The attribution is signed, `[height, width, channels]`. Acts on every
 * ReLU and ReLU6, fused and reused ones too; other activations (GELU, SiLU, a gate's sigmoid) keep
 * their gradient, and a note names them.
 */
export const guidedBackprop: AttributionTechnique<GuidedBackpropOptions> = rectifiedGradient({
  id: "guided-backprop",
  title: "Guided backpropagation",
  short: "Guided backprop",
  summary:
    "The picture's details that speak for the class, by gradients through positive paths only",
  caution:
    "It draws edges that strong units see, nearly the same for every class and even for random " +
    "last layers (Adebayo et al. 2018): a picture of the features, hardly an explanation.",
  paper: {
    citation: "Springenberg, Dosovitskiy, Brox, Riedmiller 2014, Striving for Simplicity",
    url: "https://arxiv.org/abs/1412.6806",
    equation: "at each ReLU: R_x = 1[x > 0] · max(R_y, 0)",
  },
  rules: guidedRules,
});
