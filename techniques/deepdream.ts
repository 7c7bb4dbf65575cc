import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { fileOption, parseSize, sizeOption, withRole } from "../core/options.ts";
import { option } from "../core/say.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { preprocess, type Size } from "../image/preprocess.ts";
import type { Model } from "../run/model.ts";
import { defineTechnique, type VisualizationTechnique } from "../run/technique.ts";
import { evened, jittered, type Look } from "../visualize/look.ts";
import { parseObjective } from "../visualize/mod.ts";
import { inTiles, type Tiling } from "../visualize/tiles.ts";
import { optimizerOptions } from "../visualize/optimizer.ts";
import type { DeepdreamOptions } from "./options.ts";
import { channelGoal, channelOptions, dream, type Goal, saveEvery } from "./_dream.ts";
import { guidedBy } from "./_guide.ts";

/** What the dream is of: an objective, what a guide shows, or a channel. */
async function goalOf(
  model: Model,
  options: DeepdreamOptions,
  size: Size,
  signal?: AbortSignal,
): Promise<Goal & Pick<ReturnType<typeof parseObjective>, "uses">> {
  const { objective: text, guide } = options;
  if (text !== undefined && guide !== undefined) {
    throw new UserError(
      `A dream has one aim: ${option("guide")} or ${option("objective")}, not both.`,
      { code: "bad-option", option: "guide" },
    );
  }
  if (text !== undefined) {
    const { uses, ...objective } = parseObjective(text, model);
    return { objective, subject: `"${text}"`, figures: { objective: text }, uses };
  }
  if (guide !== undefined) {
    const layer = options.layer ?? lastConvolutionalLayer(model.network.graph);
    const objective = await guidedBy(guide, model, layer, signal);
    return { objective, subject: `"${layer}"`, figures: { layer }, uses: [] };
  }
  return { ...channelGoal(model, options, [size.height, size.width]), uses: [] };
}

/** The size of its tiles: of a network that takes one size alone, that one. */
function tilingOf({ network }: Model, tile: number): Tiling {
  const [height, width] = network.graph.input.shape;
  return height !== null && height === width
    ? { size: height, exact: true }
    : { size: tile, exact: false };
}

/** Refuses octaves of which the smallest, of which `seen` is looked at, is too small for a layer. */
function checkSmallest(
  { width, height }: Size,
  seen: Size,
  { network, id }: Model,
  layers: readonly string[],
): void {
  try {
    for (const layer of layers) network.shapeOf(layer, seen.height, seen.width);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `The smallest octave would be ${width}×${height}, which ${id} does not accept: ask for fewer ` +
        `${option("octaves")}, or a larger ${option("size")}.`,
      { code: "bad-option", option: "octaves", cause: error },
    );
  }
}

/** The sizes of octaves, which grow by a factor, but for the last, which is a picture's own. */
function smallerSizes(
  { height, width }: Size,
  { octaves, octaveScale }: DeepdreamOptions,
): Size[] {
  return Array.from({ length: octaves - 1 }, (_, i) => {
    const by = octaveScale ** (octaves - 1 - i);
    return { width: Math.round(width / by), height: Math.round(height / by) };
  });
}

/**
 * DeepDream: the picture is changed, step by step, so that a channel of a layer responds more. The loss
 * is −mean of the channel's activation, without clipping or jitter, unless they are asked for: octaves,
 * jitter, evened steps and clipping make it the dream of google/deepdream, an objective or a guide give it
 * another aim, and tiles make it fit any picture into memory.
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
    "picture shows the optimizer as much as the channel. Octaves choose how large the patterns are; " +
    "jitter and clipping hide what only this network's grid, or no picture, would show.",
  paper: {
    citation: "Mordvintsev, Olah, Tyka 2015, Inceptionism: Going Deeper into Neural Networks",
    url: "https://research.google/blog/inceptionism-going-deeper-into-neural-networks/",
    equation: "loss = −mean(A_k); x ← x − lr·(∂loss/∂x + wd·x)",
  },
  options: z.object({
    ...channelOptions,
    objective: withRole("objective", z.string().min(1).optional()).describe(
      'What to grow instead of the channel, such as "layer(layer3)" or "logit(cat)"',
    ),
    guide: fileOption("A picture that the layer is to be reminded of, instead of the channel"),
    steps: z.int().min(1).max(100_000).default(250).describe("Number of steps, of each octave"),
    ...optimizerOptions({ optimizer: "sgd", learningRate: 12, weightDecay: 1e-4 }),
    normalize: z.boolean().default(false).describe(
      "Divide the gradient by its mean magnitude, so that the step size is how far a pixel goes",
    ),
    clip: z.boolean().default(false).describe(
      "After each step, put right what is darker than black or brighter than white",
    ),
    jitter: z.int().min(0).max(4096).default(0).describe(
      "Look from a place that is up to so many pixels elsewhere at each step",
    ),
    octaves: z.int().min(1).max(16).default(1).describe(
      "Sizes to dream at, the smaller ones first: patterns become larger",
    ),
    octaveScale: z.number().min(1.01).max(8).default(1.4).describe(
      "How much larger each of them is than the one before",
    ),
    tile: z.int().min(64).max(100_000).optional().describe(
      "Look at the picture in tiles of so many pixels, for pictures too large for memory",
    ),
    saveEvery,
    size: sizeOption(
      "Size to dream at, WIDTHxHEIGHT, without cropping; default: as the model prepares pictures",
    ),
  }),
  async *run({ model, picture, options, random, signal }) {
    const spec = options.size
      ? { ...model.preprocess, resize: parseSize(options.size), crop: null }
      : model.preprocess;
    const shown = preprocess(picture!, spec), [height, width] = shown.input.shape;
    const tiling = options.tile === undefined ? undefined : tilingOf(model, options.tile);
    const most = tiling?.size ?? Infinity;
    const looked = ({ height, width }: Size): Size => ({
      height: Math.min(height, most),
      width: Math.min(width, most),
    });
    const { uses, ...goal } = await goalOf(model, options, looked({ height, width }), signal);
    const smaller = smallerSizes({ height, width }, options), [smallest] = smaller;
    if (smallest) checkSmallest(smallest, looked(smallest), model, goal.objective.layers);
    const around = (look: Look) => {
      if (tiling) look = inTiles(look, tiling);
      if (options.jitter > 0) look = jittered(look, options.jitter, random.fork("jitter"));
      return options.normalize ? evened(look) : look;
    };
    const result = yield* dream({
      model,
      goal,
      scales: [
        ...smaller.map((resize) =>
          preprocess(shown.picture, { ...spec, resize, crop: null }).input
        ),
        shown.input,
      ],
      options,
      picture: shown.picture,
      around,
      clip: options.clip,
      signal,
    });
    return { ...result, uses };
  },
});
