import type { AttributionTechnique } from "../run/technique.ts";
import type { XgradCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { byGradients, cam, camOptions } from "./_cam.ts";

const EPSILON = 1e-7;

/**
 * XGrad-CAM: Grad-CAM whose gradients are averaged where the channel is active. The attribution is
 * the map at the layer's size, `[h, w]`, at least 0.
 */
export const xgradCam: AttributionTechnique<XgradCamOptions> = cam({
  id: "xgrad-cam",
  title: "XGrad-CAM",
  summary: "The region that speaks for the class, with channels weighted where they are active",
  caution: "As coarse as the layer. On a layer that is negative in places (before its ReLU) a " +
    "channel's activations can cancel, and its weight explode.",
  paper: {
    citation: "Fu et al. 2020, Axiom-based Grad-CAM",
    url: "https://arxiv.org/abs/2008.02312",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), wₖ = Σ(gₖ·Aₖ) / (ΣAₖ + 1e-7), g = ∂S_c/∂A",
  },
  options: camOptions,
  maps: byGradients((activation, gradient) =>
    tf.div(
      tf.sum(tf.mul(gradient, activation), [1, 2], true),
      tf.add(tf.sum(activation, [1, 2], true), EPSILON),
    )
  ),
});
