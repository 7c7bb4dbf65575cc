import { z } from "../deps/zod.ts";
import { parseSize, sizeOption, withRole } from "../core/options.ts";
import { sizeOf, values } from "../core/values.ts";
import { channelsIn, unnormalize } from "../image/preprocess.ts";
import { classIndex } from "../run/classes.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import { parseObjective } from "../visualize/mod.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";
import type { ClassVizOptions } from "./options.ts";
import { dream, saveEvery } from "./_dream.ts";

/**
 * Class visualization: from the mean colour, the image that a class's score grows for, held together
 * by its length alone.
 */
export const classViz: VisualizationTechnique<
  ClassVizOptions,
  Partial<ClassVizOptions>,
  "none"
> = defineTechnique({
  id: "class-viz",
  title: "Class visualization",
  kind: "visualization",
  picture: "none",
  summary:
    "What a class looks like to the network, from the mean colour, without a prior but its length",
  caution:
    "The image is one of many with such a score, and most of what it shows is high frequencies; " +
    "feature-viz with logit(CLASS) has priors that make it legible.",
  paper: {
    citation: "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks",
    url: "https://arxiv.org/abs/1312.6034",
    equation: "max over x of S_c(x) − λ·‖x‖²",
  },
  options: z.object({
    class: withRole("class", z.union([z.int().min(0), z.string().min(1)]).default(0))
      .describe("Class to show, by number or name"),
    lambda: z.number().min(0).max(1e6).default(1e-3).describe(
      "How much the image's squared length counts, in the network's normalized space",
    ),
    steps: z.int().min(1).max(100_000).default(200).describe("Number of steps"),
    ...optimizerOptions({ optimizer: "adam", learningRate: 0.05, weightDecay: 0 }),
    saveEvery,
    size: sizeOption("Size of the image, WIDTHxHEIGHT; default: the model's input size"),
  }),
  async *run({ model, options, signal }) {
    const { height, width } = options.size ? parseSize(options.size) : model.inputSize;
    const shape = [height, width, channelsIn(model.preprocess.channelOrder)];
    const start = values(new Float32Array(sizeOf(shape)), shape);
    const index = classIndex(model, options.class), label = model.labels[index];
    const text = `logit(#${index})` + (options.lambda > 0 ? ` - ${options.lambda}*lp(2)` : "");
    const { uses, ...objective } = parseObjective(text, model);
    const result = yield* dream({
      model,
      goal: { objective, subject: `Class "${label}"`, figures: { class: label, objective: text } },
      scales: [start],
      options,
      picture: unnormalize(start, model.preprocess),
      signal,
    });
    return { ...result, uses };
  },
});
