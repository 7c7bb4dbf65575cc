import type { AttributionTechnique } from "../run/technique.ts";
import type { HiresCamOptions } from "./options.ts";
import { byGradients, cam, camOptions } from "./_cam.ts";

/**
 * HiResCAM: activation times gradient, place by place. The attribution is the map at the layer's
 * size, `[h, w]`, at least 0. Where only pooling and one linear layer follow, what it sums before
 * the ReLU is the logit itself (less the bias).
 */
export const hiresCam: AttributionTechnique<HiresCamOptions> = cam({
  id: "hires-cam",
  title: "HiResCAM",
  summary: "The places that the class's score is computed from, without averaging the gradients",
  caution: "As coarse as the layer; at layers far from the end its maps are as noisy as gradients.",
  paper: {
    citation: "Draelos, Carin 2020, Use HiResCAM instead of Grad-CAM",
    url: "https://arxiv.org/abs/2011.08891",
    equation: "M = ReLU(Σₖ ∂S_c/∂Aₖ ⊙ Aₖ)",
  },
  options: camOptions,
  maps: byGradients((_, gradient) => gradient),
});
