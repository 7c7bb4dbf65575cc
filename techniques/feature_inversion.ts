import { z } from "../deps/zod.ts";
import { scaled } from "../engine/objectives.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import { distanceFrom } from "../visualize/objectives/matching.ts";
import type { FeatureInversionOptions } from "./options.ts";
import { reconstruct, reconstructOptions } from "./_reconstruct.ts";

/**
 * Feature inversion: from noise, an image that a layer cannot tell from the picture. What is lost is
 * what the layer does not keep.
 */
export const featureInversion: VisualizationTechnique<
  FeatureInversionOptions,
  Partial<FeatureInversionOptions>,
  "required"
> = defineTechnique({
  id: "feature-inversion",
  title: "Feature inversion",
  kind: "visualization",
  picture: "required",
  summary: "What a layer keeps of a picture: an image from noise that it takes for the same",
  caution:
    "Many images look alike to a layer; the prior chooses a smooth, natural one among them, " +
    "so that what is sharp was kept, but what is plausible may be the prior's.",
  paper: {
    citation: "Mahendran, Vedaldi 2015, Understanding Deep Image Representations by Inverting Them",
    url: "https://arxiv.org/abs/1412.0035",
    equation: "min over x of ‖φ(x) − φ₀‖² / ‖φ₀‖² + λ·TV(x)",
  },
  options: z.object(reconstructOptions({ steps: 256, transforms: "none", tv: 1e-6 })),
  async *run(context) {
    return yield* reconstruct(
      context,
      (layer, activation) => scaled(distanceFrom(layer, activation), -1),
    );
  },
});
