import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { channelOption, layerOption, parseSize, sizeOption, withRole } from "../core/options.ts";
import { option } from "../core/say.ts";
import { channelsIn, unnormalize } from "../image/preprocess.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import {
  ascend,
  parseObjective,
  parseParameterization,
  parseTransforms,
} from "../visualize/mod.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";
import { columnsFor, tiled } from "../visualize/tiles.ts";
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
  const name = /^[\w.[\]/-]+$/.test(layer) ? layer : `"${layer}"`;
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
    diversityWeight: z.number().min(0).max(1e6).default(1).describe(
      "How much a difference counts, where there are several images",
    ),
    from: withRole("objective", z.string().min(1).optional()).describe(
      "First objective of a strip that leads from one to another",
    ),
    to: withRole("objective", z.string().min(1).optional()).describe("Its last objective"),
    images: z.int().min(2).max(64).default(STRIP).describe("Images of such a strip"),
    steps: z.int().min(1).max(100_000).default(512).describe("Number of steps"),
    ...optimizerOptions({ optimizer: "adam", learningRate: 0.05, weightDecay: 0 }),
    parameterization: z.string().min(1).default("fourier").describe(
      "What the image is made of: fourier, fourier(decay=1.5), pixels",
    ),
    transforms: z.string().min(1).default("default").describe(
      'What is done to it before each look: default, none, or a list, "pad(12), jitter(8), flip"',
    ),
    redirect: z.int().min(0).max(100_000).default(16).describe(
      "Steps in which units that are silent are woken",
    ),
    saveEvery: z.int().min(1).max(100_000).default(64).describe(
      "Steps between two pictures that are kept",
    ),
    size: sizeOption("Size of the image, WIDTHxHEIGHT; default: the model's input size"),
  }),
  async *run({ model, options, random, signal }) {
    const { height, width } = options.size ? parseSize(options.size) : model.inputSize;
    const batch = options.from === undefined ? options.diversity : options.images;
    const text = objectiveText(options, lastConvolutionalLayer(model.network.graph));
    const objective = parseObjective(text, model);
    const channels = channelsIn(model.preprocess.channelOrder) === 1 ? 1 : 3;
    const start = parseParameterization(options.parameterization);
    const change = parseTransforms(options.transforms);
    const { images, losses, diagnosis } = yield* ascend({
      ...options,
      model,
      objective,
      parameterized: start({ batch, height, width, channels }, random.fork("start")),
      change,
      show: (images) => unnormalize(tiled(images), model.preprocess),
      random: random.fork("transforms"),
      signal,
    });
    const image = tiled(images);
    return {
      image,
      final: unnormalize(image, model.preprocess),
      losses,
      diagnosis,
      uses: [...objective.uses, ...change.uses, ...start.uses],
      figures: {
        objective: text,
        ...(batch > 1 ? { images: batch, columns: columnsFor(batch) } : {}),
      },
    };
  },
});
