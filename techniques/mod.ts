/** The techniques: one line each. */
import { techniques } from "../run/techniques.ts";
import { ablationCam } from "./ablation_cam.ts";
import { activation } from "./activation.ts";
import { blurIg } from "./blur_ig.ts";
import { caricature } from "./caricature.ts";
import { classViz } from "./class_viz.ts";
import { contrastive } from "./contrastive.ts";
import { deconvnet } from "./deconvnet.ts";
import { deepLift } from "./deep_lift.ts";
import { deepdream } from "./deepdream.ts";
import { eigenCam } from "./eigen_cam.ts";
import { featureAblation } from "./feature_ablation.ts";
import { featureInversion } from "./feature_inversion.ts";
import { featureViz } from "./feature_viz.ts";
import { filterViz } from "./filter_viz.ts";
import { fullGrad } from "./fullgrad.ts";
import { gradCam } from "./grad_cam.ts";
import { gradCamPlusPlus } from "./grad_cam_plus_plus.ts";
import { gradientTimesActivation } from "./gradient_times_activation.ts";
import { gradientShap } from "./gradient_shap.ts";
import { guidedBackprop } from "./guided_backprop.ts";
import { guidedGradCam } from "./guided_grad_cam.ts";
import { guidedIg } from "./guided_ig.ts";
import { hiresCam } from "./hires_cam.ts";
import { hsic } from "./hsic.ts";
import { inputXGradient } from "./input_x_gradient.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { isCam } from "./is_cam.ts";
import { kernelShap } from "./kernel_shap.ts";
import { layerCam } from "./layer_cam.ts";
import { lime } from "./lime.ts";
import { lrp } from "./lrp.ts";
import { noiseTunnel } from "./noise_tunnel.ts";
import { occlusion } from "./occlusion.ts";
import { rise } from "./rise.ts";
import { saliency } from "./saliency.ts";
import { scoreCam } from "./score_cam.ts";
import { smoothCamPlusPlus } from "./smooth_cam_plus_plus.ts";
import { smoothGrad } from "./smooth_grad.ts";
import { ssCam } from "./ss_cam.ts";
import { sobol } from "./sobol.ts";
import { xgradCam } from "./xgrad_cam.ts";
import { xrai } from "./xrai.ts";

export {
  ablationCam,
  activation,
  blurIg,
  caricature,
  classViz,
  contrastive,
  deconvnet,
  deepdream,
  deepLift,
  eigenCam,
  featureAblation,
  featureInversion,
  featureViz,
  filterViz,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradientShap,
  gradientTimesActivation,
  guidedBackprop,
  guidedGradCam,
  guidedIg,
  hiresCam,
  hsic,
  inputXGradient,
  integratedGradients,
  isCam,
  kernelShap,
  layerCam,
  lime,
  lrp,
  noiseTunnel,
  occlusion,
  rise,
  saliency,
  scoreCam,
  smoothCamPlusPlus,
  smoothGrad,
  sobol,
  ssCam,
  techniques,
  xgradCam,
  xrai,
};
export * from "./calls.ts";
export * from "./options.ts";

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
  smoothCamPlusPlus,
  ssCam,
  isCam,
  gradientTimesActivation,
  activation,
  featureAblation,
  kernelShap,
  lime,
  xrai,
  sobol,
  hsic,
  noiseTunnel,
  deepLift,
  fullGrad,
  guidedIg,
  blurIg,
  gradientShap,
  contrastive,
  deepdream,
  filterViz,
  featureViz,
  classViz,
  featureInversion,
  caricature,
]);
