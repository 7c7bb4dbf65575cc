import { z } from "../deps/zod.ts";
import { fileOption, parseSize, sizeOption } from "../core/options.ts";
import { loadInput } from "../run/image_file.ts";
import { channelsIn, ofChannel, unnormalize } from "../image/preprocess.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import type { FilterVizOptions } from "./options.ts";
import type { Preprocess, Size } from "../image/preprocess.ts";
import type { Random } from "../core/random.ts";
import { values } from "../core/values.ts";
import { channelGoal, channelOptions, dream, saveEvery } from "./_dream.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";

/** What a file is read for. */
const START = { what: "start image", option: "start" } as const;

/** Levels of the grey noise that a visualization starts from, of 255. */
const DARKEST = 150, BRIGHTEST = 180;

/** Grey noise, uniform in 150/255..180/255, in the network's normalized space. */
function grayNoise({ width, height }: Size, spec: Preprocess, random: Random) {
  const channels = channelsIn(spec.channelOrder), shape = [height, width, channels];
  const noise = random.uniformValues(shape, DARKEST / 255, BRIGHTEST / 255);
  const normalized = noise.map((v, i) =>
    (v * spec.range - ofChannel(spec.mean, i % channels)) / ofChannel(spec.std, i % channels)
  );
  return values(normalized, shape);
}

/**
 * Filter visualization: from grey noise, the image to which a channel of a layer responds. The loss
 * is −mean of the channel's activation.
 */
export const filterViz: VisualizationTechnique<
  FilterVizOptions,
  Partial<FilterVizOptions>,
  "none"
> = defineTechnique({
  id: "filter-viz",
  title: "Filter visualization",
  kind: "visualization",
  picture: "none",
  summary: "What a channel looks for, found by changing grey noise until the channel responds",
  caution:
    "Without a prior the image is dominated by high frequencies, and one image shows one of " +
    "the many things that a channel may respond to.",
  paper: {
    citation: "Erhan, Bengio, Courville, Vincent 2009, Visualizing Higher-Layer Features",
    url: "https://www.researchgate.net/publication/265022827",
    equation: "loss = −mean(A_k), minimized by Adam with an L2 penalty",
  },
  options: z.object({
    ...channelOptions,
    steps: z.int().min(1).max(100_000).default(100).describe("Number of steps"),
    ...optimizerOptions({ optimizer: "adam", learningRate: 0.1, weightDecay: 1e-6 }),
    saveEvery,
    size: sizeOption("Size of the image, WIDTHxHEIGHT; default: the model's input size"),
    start: fileOption(
      "Start from this picture or .safetensors tensor (FILE or FILE#TENSOR) instead of noise",
    ),
  }),
  async *run({ model, options, random, signal }) {
    const size = options.size ? parseSize(options.size) : model.inputSize;
    const start = options.start
      ? await loadInput(options.start, model.preprocess, START, options.size ? size : undefined)
      : grayNoise(size, model.preprocess, random);
    const picture = unnormalize(start, model.preprocess);
    const goal = channelGoal(model, options, start.shape);
    return yield* dream({ model, goal, scales: [start], options, picture, signal });
  },
});
