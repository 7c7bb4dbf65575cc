import { signedOptions } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { FeatureAblationOptions } from "./options.ts";
import { fillOption, hiding, painted, scoreShown, segmentOptions } from "./_segments.ts";
import { signedResult } from "./_shown.ts";

/**
 * Feature ablation: how far the class's logit falls when one segment of the picture is replaced. Each
 * pixel has its segment's fall: the attribution is signed, `[height, width]`. Captum's, where a
 * segment is what it calls a feature of the mask, of all colours together.
 */
export const featureAblation: AttributionTechnique<FeatureAblationOptions> = defineTechnique({
  id: "feature-ablation",
  title: "Feature ablation",
  kind: "attribution",
  summary: "How much the class's score falls when one segment of the picture is hidden",
  caution:
    "It hides one segment at a time: what two of them show alike seems to matter in neither. And a " +
    "segment's fill leaves its outline, which is a shape of its own.",
  paper: {
    citation: "Kokhlikyan et al. 2020, Captum: A Unified and Generic Model Interpretability " +
      "Library for PyTorch",
    url: "https://arxiv.org/abs/2009.07896",
    equation: "R = S_c(x) − S_c(x with the pixel's segment filled)",
  },
  options: signedOptions.extend({ ...segmentOptions, fill: fillOption("zero") }),
  async *run(context) {
    const { options, target } = context, parts = await hiding(context);
    const { count } = parts.segments, scores = new Float64Array(count + 1);
    // behind those without a segment comes the whole picture
    const shown = (hidden: number) =>
      Uint8Array.from({ length: count }, (_, segment) => segment === hidden ? 0 : 1);
    for await (const { from, to, logits } of scoreShown(context, parts, count + 1, shown)) {
      scores.set(target.scores(logits), from);
      yield { step: to, of: count + 1 };
    }
    const falls = scores.subarray(0, count).map((score) => scores[count] - score);
    return signedResult(painted(parts.segments, falls), options, { figures: { segments: count } });
  },
});
