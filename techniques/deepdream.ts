import { z } from "../deps/zod.ts";
import { parseSize, sizeOption } from "../core/options.ts";
import { preprocess } from "../image/preprocess.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import type { DeepdreamOptions } from "./options.ts";
import { channelGoal, channelOptions, dream, saveEvery } from "./_dream.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";

/**
 * DeepDream: the picture is changed, step by step, so that a channel of a layer responds more. The
 * loss is −mean of the channel's activation, without clipping or jitter.
 */
export const deepdream: VisualizationTechnique<
  DeepdreamOptions,
  Partial<DeepdreamOptions>,
  "required"
> = defineTechnique({
  id: "deepdream",
  title: "DeepDream",
  kind: "visualization",
  picture: "required",
  summary: "What a channel sees in a picture, by changing the picture until the channel responds",
  caution: "The result depends on the step size and on how long it runs; with large steps the " +
    "picture shows the optimizer as much as the channel.",
  paper: {
    citation: "Mordvintsev, Olah, Tyka 2015, Inceptionism: Going Deeper into Neural Networks",
    url: "https://research.google/blog/inceptionism-going-deeper-into-neural-networks/",
    equation: "loss = −mean(A_k); x ← x − lr·(∂loss/∂x + wd·x)",
  },
  options: z.object({
    ...channelOptions,
    steps: z.int().min(1).max(100_000).default(250).describe("Number of steps"),
    ...optimizerOptions({ optimizer: "sgd", learningRate: 12, weightDecay: 1e-4 }),
    saveEvery,
    size: sizeOption(
      "Size to dream at, WIDTHxHEIGHT, without cropping; default: as the model prepares pictures",
    ),
  }),
  async *run({ model, picture, options, signal }) {
    const spec = options.size
      ? { ...model.preprocess, resize: parseSize(options.size), crop: null }
      : model.preprocess;
    const shown = preprocess(picture!, spec);
    const goal = channelGoal(model, options, shown.input.shape);
    return yield* dream(model, shown.input, goal, options, { picture: shown.picture, signal });
  },
});
