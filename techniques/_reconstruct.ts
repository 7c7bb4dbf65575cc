/** Images made from what a layer says of a picture: what inversion and caricature share. */
import { z } from "../deps/zod.ts";
import { layerOption, parseSize, sizeOption } from "../core/options.ts";
import type { Values } from "../core/values.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import type { Objective } from "../engine/objectives.ts";
import { preprocess } from "../image/preprocess.ts";
import type { Progress, VisualizationContext, VisualizationResult } from "../run/technique.ts";
import { combined, parseObjective } from "../visualize/mod.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";
import { activationOf } from "../run/activation.ts";
import { optimized, type PriorOptions, priorOptions, saveEvery } from "./_optimized.ts";

/** Options that both have; the defaults are each technique's own. */
export const reconstructOptions = (
  defaults: { readonly steps: number; readonly transforms: string; readonly tv: number },
) => ({
  layer: layerOption(),
  steps: z.int().min(1).max(100_000).default(defaults.steps).describe("Number of steps"),
  ...optimizerOptions({ optimizer: "adam", learningRate: 0.05, weightDecay: 0 }),
  tv: z.number().min(0).max(1e6).default(defaults.tv).describe(
    "How much roughness is held down: the weight of total variation",
  ),
  ...priorOptions(defaults.transforms),
  saveEvery,
  size: sizeOption("Size of the image, WIDTHxHEIGHT; default: as the model prepares pictures"),
});

interface ReconstructOptions extends PriorOptions {
  readonly layer?: string;
  readonly tv: number;
  readonly size?: string;
}

/**
 * Makes an image whose layer is what an objective wants of a picture's.
 *
 * @param wanted The objective, from the layer's name and its numbers for the picture.
 */
export async function* reconstruct(
  context: VisualizationContext<ReconstructOptions>,
  wanted: (layer: string, activation: Values) => Objective,
): AsyncGenerator<Progress, VisualizationResult> {
  const { model, picture, options, signal } = context;
  const layer = options.layer ?? lastConvolutionalLayer(model.network.graph);
  const spec = options.size
    ? { ...model.preprocess, resize: parseSize(options.size), crop: null }
    : model.preprocess;
  const shown = preprocess(picture!, spec), [height, width] = shown.input.shape;
  const activation = await activationOf(model, shown.input, layer, signal);

  const smooth = options.tv > 0 ? parseObjective(`-${options.tv}*tv`, model) : undefined;
  const itself = { weight: 1, text: layer, objective: wanted(layer, activation), uses: [] };
  const objective = combined([itself, ...smooth?.terms ?? []], layer);
  const result = yield* optimized(context, objective, { height, width });
  return { ...result, start: shown.picture, figures: { layer } };
}
