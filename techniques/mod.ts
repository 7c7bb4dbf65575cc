/** The techniques: one line each, and the two ways to run one by its id. */
import {
  type AttributionRun,
  execute,
  finish,
  type RunRequest,
  techniqueOf,
  type VisualizationRun,
} from "../run/execute.ts";
import type { Progress, Technique } from "../run/technique.ts";
import { techniques } from "../run/techniques.ts";
import { ablationCam } from "./ablation_cam.ts";
import { deconvnet } from "./deconvnet.ts";
import { deepdream } from "./deepdream.ts";
import { eigenCam } from "./eigen_cam.ts";
import { filterViz } from "./filter_viz.ts";
import { gradCam } from "./grad_cam.ts";
import { gradCamPlusPlus } from "./grad_cam_plus_plus.ts";
import { guidedBackprop } from "./guided_backprop.ts";
import { guidedGradCam } from "./guided_grad_cam.ts";
import { hiresCam } from "./hires_cam.ts";
import { inputXGradient } from "./input_x_gradient.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { layerCam } from "./layer_cam.ts";
import { lrp } from "./lrp.ts";
import { occlusion } from "./occlusion.ts";
import { rise } from "./rise.ts";
import { saliency } from "./saliency.ts";
import { scoreCam } from "./score_cam.ts";
import { smoothGrad } from "./smooth_grad.ts";
import { xgradCam } from "./xgrad_cam.ts";

export { techniques };

techniques.addOwn([
  saliency,
  inputXGradient,
  integratedGradients,
  smoothGrad,
  guidedBackprop,
  deconvnet,
  gradCam,
  gradCamPlusPlus,
  hiresCam,
  xgradCam,
  layerCam,
  eigenCam,
  scoreCam,
  ablationCam,
  guidedGradCam,
  occlusion,
  rise,
  lrp,
  deepdream,
  filterViz,
]);

/** A {@link RunRequest}, and a listener for its progress. */
export interface Request extends RunRequest {
  readonly onProgress?: (progress: Progress) => void;
}

const run = (id: string | Technique, kind: Technique["kind"], request: Request) =>
  finish(execute(techniqueOf(id, kind), request), request?.onProgress);

/**
 * Explains a picture.
 *
 * @param technique Id, or a technique that need not be registered.
 * @throws UserError for a wrong id, option, class, layer or picture.
 * @example
 * ```ts
 * const model = await loadModel("resnet50", { weights: "resnet50.safetensors" });
 * const run = await attribute("saliency", { model, image: await loadImage("cat.jpg") });
 * run.map; // Float32Array with shape [H, W], 0..1
 * ```
 */
export const attribute = async (technique: string | Technique, request: Request) =>
  await run(technique, "attribution", request) as AttributionRun;

/**
 * Makes a picture of what a network, or a part of it, looks for.
 *
 * @throws UserError for a wrong id, option, layer or picture.
 * @example
 * ```ts
 * const run = await visualize("filter-viz", { model, options: { layer: "features.17", channel: 0 } });
 * run.final; // the picture
 * ```
 */
export const visualize = async (technique: string | Technique, request: Request) =>
  await run(technique, "visualization", request) as VisualizationRun;
