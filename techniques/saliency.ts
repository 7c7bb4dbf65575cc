import { maxMagnitude, unsignedMap } from "../run/maps.ts";
import { attributionOptions, clipAt, overlayOption } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { SaliencyOptions } from "./options.ts";
import { read } from "../engine/read.ts";

/**
 * Saliency map: how strongly each pixel would change the class's logit. The attribution is the
 * signed gradient `[height, width, channels]`, the map its largest magnitude over the colours, scaled to
 * 0..1.
 */
export const saliency: AttributionTechnique<SaliencyOptions> = defineTechnique({
  id: "saliency",
  title: "Saliency map",
  kind: "attribution",
  summary: "Which pixels change the class's score most, by the gradient of its logit",
  caution: "Gradients are noisy, and faint where the score is saturated; a bright pixel matters, " +
    "but the map does not say whether it speaks for or against the class.",
  paper: {
    citation: "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks",
    url: "https://arxiv.org/abs/1312.6034",
    equation: "M = maxₖ |∂S_c/∂xₖ|, shown as (M − min M) / (max M − min M)",
  },
  options: attributionOptions.extend({ overlay: overlayOption(0.85), clip: clipAt(100) }),
  gradient: { colors: "gray" },
  async *run({ model, image, options, target, signal }) {
    const { gradients } = await model.network.gradient(image.input, target.objective, {
      signal,
    });
    const attribution = await read(gradients.input);
    yield { step: 1, of: 1 };
    return {
      attribution,
      ...unsignedMap(maxMagnitude(attribution), options.clip),
      colors: "gray",
      overlay: options.overlay,
    };
  },
});
