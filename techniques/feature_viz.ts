import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { channelOption, layerOption, parseSize, sizeOption, withRole } from "../core/options.ts";
import { option } from "../core/say.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import { layerText, parseObjective } from "../visualize/mod.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";
import { columnsFor } from "../visualize/montage.ts";
import { optimized, priorOptions, saveEvery } from "./_optimized.ts";
import type { FeatureVizOptions } from "./options.ts";

/** Images of an interpolation, where nothing else is said. */
const STRIP = 5;

/** What is optimized, as text; layers and channels alone are the short way to say it. */
function objectiveText(options: FeatureVizOptions, fallback: string): string {
  const { objective, layer = fallback, channel, from, to, negative, diversity } = options;
  if ((from === undefined) !== (to === undefined)) {
    throw new UserError(
      `An interpolation has two ends: ${option("from")} and ${option("to")} go together.`,
      { code: "bad-option", option: from === undefined ? "from" : "to" },
    );
  }
  const name = layerText(layer);
  const wanted = from !== undefined
    ? `interpolation(${from}, ${to})`
    : objective ?? `channel(${name}, ${channel})`;
  const signed = negative ? `-(${wanted})` : wanted;
  return diversity > 1 && options.diversityWeight > 0
    ? `${signed} - ${options.diversityWeight}*diversity(${name})`
    : signed;
}

/**
 * Feature visualization: the image that an objective grows for, with priors that keep it legible.
 */
export const featureViz: VisualizationTechnique<
  FeatureVizOptions,
  Partial<FeatureVizOptions>,
  "none"
> = defineTechnique({
  id: "feature-viz",
  title: "Feature visualization",
  kind: "visualization",
  picture: "none",
  summary: "What a channel, a class or any objective looks for, with priors that make it legible",
  caution:
    "The priors (smooth waves, natural colours, robustness to small moves) choose among all " +
    "images that respond alike: what they show is there, what they hide may be too.",
  paper: {
    citation: "Olah, Mordvintsev, Schubert 2017, Feature Visualization",
    url: "https://distill.pub/2017/feature-visualization/",
    equation: "max over s of E over T of objective(T(sigmoid(C · irfft2(s · scale))))",
  },
  options: z.object({
    objective: withRole("objective", z.string().min(1).optional()).describe(
      'What to grow, such as "channel(layer3, 12) + 0.5*logit(cat) - 1e-3*tv"; default: the channel',
    ),
    layer: layerOption(),
    channel: channelOption,
    negative: z.boolean().default(false).describe("Show what it dislikes instead"),
    diversity: z.int().min(1).max(64).default(1).describe(
      "So many images at once, as different from each other as they can be",
    ),
    diversityWeight: z.number().min(0).max(1e6).default(0.1).describe(
      "How much a difference counts, where there are several images; less for a faint response",
    ),
    from: withRole("objective", z.string().min(1).optional()).describe(
      "First objective of a strip that leads from one to another",
    ),
    to: withRole("objective", z.string().min(1).optional()).describe("Its last objective"),
    images: z.int().min(2).max(64).default(STRIP).describe("Images of such a strip"),
    steps: z.int().min(1).max(100_000).default(512).describe("Number of steps"),
    ...optimizerOptions({ optimizer: "adam", learningRate: 0.05, weightDecay: 0 }),
    ...priorOptions("default"),
    parameterization: z.string().min(1).optional().describe(
      "What the image is made of: fourier, fourier(decay=1.5), shared, pixels; default: fourier, or " +
        "shared for a strip",
    ),
    redirect: z.int().min(0).max(100_000).default(16).describe(
      "Steps in which units that are silent are woken",
    ),
    saveEvery,
    size: sizeOption("Size of the image, WIDTHxHEIGHT; default: the model's input size"),
  }),
  async *run(context) {
    const { model, options } = context, { from, redirect } = options;
    const size = options.size ? parseSize(options.size) : model.inputSize;
    const batch = from === undefined ? options.diversity : options.images;
    // what a strip's images have in common makes its steps small
    const parameterization = options.parameterization ??
      (from === undefined ? "fourier" : "shared");
    const text = objectiveText(options, lastConvolutionalLayer(model.network.graph));
    const objective = parseObjective(text, model);
    const made = { ...context, options: { ...options, parameterization } };
    const result = yield* optimized(made, objective, { ...size, batch, redirect });
    return {
      ...result,
      figures: {
        objective: text,
        ...(batch > 1 ? { images: batch, columns: columnsFor(batch) } : {}),
      },
    };
  },
});
