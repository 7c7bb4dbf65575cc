import type { AttributionTechnique } from "../run/technique.ts";
import type { LayerCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { byGradients, cam, camOptions } from "./_cam.ts";

/**
 * LayerCAM: activation times positive gradient, place by place. The attribution is the map at the
 * layer's size, `[h, w]`, at least 0. Without the paper's tanh scaling of shallow layers: several
 * layers (`layer: "a,b"`) are scaled to 0..1 and averaged instead.
 */
export const layerCam: AttributionTechnique<LayerCamOptions> = cam({
  id: "layer-cam",
  title: "LayerCAM",
  summary: "The places that speak for the class, fine enough for early layers too",
  caution: "It drops every negative gradient, so what speaks against the class cannot be seen.",
  paper: {
    citation: "Jiang, Zhang, Hou, Cheng, Wei 2021, LayerCAM",
    url: "https://doi.org/10.1109/TIP.2021.3089943",
    equation: "M = ReLU(Σₖ ReLU(∂S_c/∂Aₖ) ⊙ Aₖ)",
  },
  options: camOptions,
  maps: byGradients((_, gradient) => tf.relu(gradient)),
});
