import type { AttributionTechnique } from "../run/technique.ts";
import type { GradCamPlusPlusOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { byGradients, cam, camOptions } from "./_cam.ts";

const EPSILON = 1e-6;

/**
 * Grad-CAM++: Grad-CAM with weights that let several instances of the class, also small ones, count
 * alike. The attribution is the map at the layer's size, `[h, w]`, at least 0. As in the paper, α
 * takes the powers of the first derivative for the higher ones (exact for the exponential of the
 * logit); ε keeps it finite.
 */
export const gradCamPlusPlus: AttributionTechnique<GradCamPlusPlusOptions> = cam({
  id: "grad-cam-plus-plus",
  title: "Grad-CAM++",
  summary: "The region that speaks for the class, where small and repeated objects count too",
  caution:
    "As coarse as the layer. It counts positive gradients only, so places that speak against " +
    "the class hardly lower the map.",
  paper: {
    citation: "Chattopadhay, Sarkar, Howlader, Balasubramanian 2018, Grad-CAM++",
    url: "https://arxiv.org/abs/1710.11063",
    equation:
      "M = ReLU(Σₖ wₖ·Aₖ), wₖ = Σ αₖ·ReLU(gₖ), αₖ = gₖ² / (2gₖ² + ΣAₖ·gₖ³ + 1e-6), g = ∂S_c/∂A",
  },
  options: camOptions,
  maps: byGradients((activation, gradient) => {
    const square = tf.square(gradient), cube = tf.mul(square, gradient);
    const total = tf.sum(activation, [1, 2], true);
    const below = tf.add(tf.add(tf.mul(square, 2), tf.mul(total, cube)), EPSILON);
    return tf.sum(tf.mul(tf.div(square, below), tf.relu(gradient)), [1, 2], true);
  }),
});
