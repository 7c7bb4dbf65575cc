import { signedOptions } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { GuidedGradCamOptions } from "./options.ts";
import { upsample } from "../image/upsample.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { camLayers, camOptions, rectified } from "./_cam.ts";
import { imageGradients } from "./_gradient.ts";
import { activationNotes, guidedRules } from "./_relu_rules.ts";
import { signedResult } from "./_shown.ts";
import { gradCamMaps } from "./grad_cam.ts";

/**
 * Guided Grad-CAM: guided backpropagation where Grad-CAM is bright. The attribution is signed,
 * `[height, width, channels]`. As in Captum, Grad-CAM is upsampled by the nearest neighbour; of several
 * layers the mean of the upsampled maps is taken.
 */
export const guidedGradCam: AttributionTechnique<GuidedGradCamOptions> = defineTechnique({
  id: "guided-grad-cam",
  title: "Guided Grad-CAM",
  kind: "attribution",
  summary: "The fine details within the region that speaks for the class",
  caution: "The region depends on the class, the details hardly do: they come from guided " +
    "backpropagation, which draws what the layers see.",
  paper: {
    citation: "Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks",
    url: "https://arxiv.org/abs/1610.02391",
    equation: "R = guided backpropagation ⊙ upsampled ReLU(Σₖ wₖ·Aₖ)",
  },
  options: signedOptions.extend({ layer: camOptions.shape.layer }),
  async *run(context) {
    const { model, image: { input }, options, target, signal } = context;
    const [, height, width, channels] = input.shape;
    const layers = camLayers(model, options.layer, input);
    const steps = gradCamMaps(context, layers);
    let next = await steps.next();
    while (!next.done) next = await steps.next();
    const large = next.value.maps.map((map) => upsample(rectified(map), height, width, "nearest"));
    yield { step: 1, of: 2 };

    const guided = await read(
      await imageGradients(model.network, input, target, { rules: guidedRules }, signal),
    );
    yield { step: 2, of: 2 };
    const region = (at: number) => large.reduce((sum, map) => sum + map[at], 0) / large.length;
    const product = guided.map((v, i) => v * region(Math.floor(i / channels)));
    return signedResult(values(product, guided.shape), options, {
      figures: { layer: layers.map(({ name }) => name).join(",") },
      diagnosis: activationNotes(model.network.graph, "the details are"),
    });
  },
});
