/** Class activation maps: a layer's channels, weighted and summed. A method is its weights. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { rangeOf, signedMap, unsignedMap } from "../run/maps.ts";
import { option } from "../core/say.ts";
import type { Model } from "../run/model.ts";
import {
  attributionOptions,
  type classOption,
  clipAt,
  layersOption,
  namesIn,
  type overlayOption,
} from "../core/options.ts";
import {
  type AttributionContext,
  type AttributionResult,
  type AttributionTechnique,
  defineTechnique,
  type Progress,
  type Target,
} from "../run/technique.ts";
import { upsample } from "../image/upsample.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { read } from "../engine/read.ts";

/** How the maps of several layers become one. */
const COMBINE = ["mean", "mean-first", "max"] as const;

/** Options of class activation maps; extend it with the method's own. */
export const camOptions: z.ZodObject<{
  class: typeof classOption;
  overlay: ReturnType<typeof overlayOption>;
  layer: ReturnType<typeof layersOption>;
  combine: z.ZodDefault<z.ZodEnum<{ "mean": "mean"; "mean-first": "mean-first"; "max": "max" }>>;
  signed: z.ZodDefault<z.ZodBoolean>;
  clip: ReturnType<typeof clipAt>;
}> = attributionOptions.extend({
  layer: layersOption(),
  combine: z.enum(COMBINE).default("mean").describe(
    "How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in " +
      "pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones",
  ),
  signed: z.boolean().default(false).describe(
    "Keep what speaks against the class: no ReLU, two colours around zero",
  ),
  clip: clipAt(100),
});

/** A layer, and its size for the picture at hand. */
export interface CamLayer {
  /** As the user wrote it. */
  readonly name: string;
  /** `[height, width, channels]` */
  readonly shape: readonly number[];
}

/** One map `[h, w]` for each layer, signed, before any ReLU, and what should be known of them. */
export interface CamMaps {
  /** In the order of the layers. */
  readonly maps: readonly Values[];
  /** What should be known, in sentences. */
  readonly diagnosis?: readonly string[];
  /** Further figures for the manifest. */
  readonly figures?: AttributionResult["figures"];
}

/** Makes the maps of layers. */
export type MapMaker<Options> = (
  context: AttributionContext<Options>,
  layers: readonly CamLayer[],
) => AsyncGenerator<Progress, CamMaps>;

/**
 * The layer of a name, or what the classifier pools.
 *
 * @throws UserError for a layer that is not there or has no height and width.
 */
export function camLayer(
  { network }: Model,
  wanted: string | undefined,
  image: tf.Tensor4D,
): CamLayer {
  const name = wanted ?? lastConvolutionalLayer(network.graph);
  const shape = network.shapeOf(name, image.shape[1], image.shape[2]);
  if (shape.length === 3) return { name, shape };
  throw new UserError(
    `Cannot map "${name}": its ${sizeOf(shape)} features have no place in the picture. Choose a ` +
      `layer with a height and a width, such as "${lastConvolutionalLayer(network.graph)}".`,
    { code: "bad-option", option: "layer" },
  );
}

/** The layers asked for, or what the classifier pools; likewise. */
export const camLayers = (
  model: Model,
  wanted: string | readonly string[] | undefined,
  image: tf.Tensor4D,
): CamLayer[] =>
  (wanted === undefined ? [undefined] : namesIn(wanted)).map((name) =>
    camLayer(model, name, image)
  );

/** max(0, v) */
export const rectified = (map: Values): Values => values(map.map((v) => Math.max(0, v)), map.shape);

/** Σₖ wₖ·Aₖ of the first picture, `[h, w]`; the weights need only broadcast to the activation. */
export const weightedSum = (activation: tf.Tensor, weights: tf.Tensor): Promise<Values> => {
  const sum = tf.tidy(() => tf.sum(tf.mul(activation, weights), -1));
  return read(sum).finally(() => sum.dispose());
};

/**
 * Weights from each layer's activation and the logit's gradient there, both `[1, h, w, channels]`;
 * what `weigh` returns broadcasts to that. Runs inside a `tf.tidy`.
 *
 * @example
 * ```ts
 * // Grad-CAM: each channel weighs as much as the mean of its gradient
 * const maps = byGradients((_, gradient) => tf.mean(gradient, [1, 2], true));
 * ```
 */
export function byGradients(
  weigh: (activation: tf.Tensor4D, gradient: tf.Tensor4D) => tf.Tensor,
): MapMaker<unknown> {
  return async function* ({ model, image, target, signal }, layers) {
    const names = layers.map(({ name }) => name);
    const { taps, gradients } = await model.network.gradient(image.input, target.objective, {
      also: names,
      to: names,
      signal,
    });
    const maps: Values[] = [];
    for (const name of names) {
      const activation = taps[name] as tf.Tensor4D, gradient = gradients[name] as tf.Tensor4D;
      maps.push(await weightedSum(activation, tf.tidy(() => weigh(activation, gradient))));
    }
    yield { step: 1, of: 1 };
    return { maps };
  };
}

/** What trying channels out has found, a number for each. */
export interface Tried {
  /** One for each channel that was tried, in that order. */
  readonly weights: ArrayLike<number>;
  /** The target's scores. */
  readonly scores: readonly number[];
}

/** One weight a channel, found by trying the channels out. */
export type ChannelTrial<Options> = (
  context: AttributionContext<Options>,
  layer: CamLayer,
  activation: tf.Tensor4D,
  /** Those to try. */
  channels: readonly number[],
  /** Yields how many pictures are done. */
) => AsyncGenerator<number, Tried>;

/** Options of maps whose weights are found by trying channels out. */
export const trialOptions: z.ZodObject<
  & (typeof camOptions)["shape"]
  & { maxChannels: z.ZodOptional<z.ZodInt> }
> = camOptions.extend({
  maxChannels: z.int().min(1).max(100_000).optional().describe(
    "Most channels of a layer to try, those of the highest mean activation first; default: all",
  ),
});

/**
 * Weights from {@link ChannelTrial}; channels that are not tried weigh nothing.
 *
 * @param times How many pictures each channel takes.
 */
export function byTrial<Options extends { maxChannels?: number }>(
  trial: ChannelTrial<Options>,
  times: (options: Options) => number = () => 1,
): MapMaker<Options> {
  return async function* (context, layers) {
    const { model, image, options, signal } = context, most = options.maxChannels ?? Infinity;
    const each = times(options);
    const of = each * layers.reduce((sum, { shape }) => sum + Math.min(most, shape[2]), 0);
    const maps: Values[] = [], diagnosis: string[] = [];
    let before = 0;
    for (const layer of layers) {
      const pass = await model.network.forward(image.input, { taps: [layer.name], signal });
      const activation = pass.value(layer.name) as tf.Tensor4D;
      const channels = await mostActive(activation, most);
      const trials = trial(context, layer, activation, channels);
      let next = await trials.next();
      while (!next.done) {
        yield { step: before + next.value, of };
        next = await trials.next();
      }
      before += each * channels.length;
      const weights = new Float32Array(layer.shape[2]), tried = next.value as Tried;
      channels.forEach((channel, i) => weights[channel] = tried.weights[i]);
      diagnosis.push(...diagnoseTrial(layer.name, tried.scores, context.target));
      maps.push(await weightedSum(activation, tf.tensor1d(weights)));
      pass.dispose();
    }
    return { maps, diagnosis };
  };
}

/** Scores that differ by less, as a share of the largest, are the same but for rounding. */
const STILL = 1e-6;

function diagnoseTrial(layer: string, scores: readonly number[], target: Target): string[] {
  const all = [...scores, target.logit].map(Math.abs), most = Math.max(...all);
  const still = Math.max(...scores) - Math.min(...scores) <= STILL * most;
  return [
    ...(still && scores.length > 1
      ? [
        `No channel of "${layer}" moves the score of ${target.label} by itself: the map tells ` +
        `nothing about it.`,
      ]
      : []),
    ...(target.logit < 0
      ? [
        `The score of ${target.label} is below zero (${
          target.logit.toPrecision(3)
        }): the map shows ` +
        `what keeps it from being lower.`,
      ]
      : []),
  ];
}

/** The channels of the highest mean, in their order; all where there are no more than `most`. */
async function mostActive(activation: tf.Tensor4D, most: number): Promise<number[]> {
  const channels = Array.from({ length: activation.shape[3] }, (_, i) => i);
  if (channels.length <= most) return channels;
  const means = await tf.tidy(() => tf.mean(activation, [0, 1, 2])).data();
  return channels.sort((a, b) => means[b] - means[a]).slice(0, most).sort((a, b) => a - b);
}

/** The largest magnitude, or 1 where all is zero. */
const reach = (map: Values) => map.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;

/**
 * One layer's map is shown as it is; several are combined. Signed ones are scaled by their largest
 * magnitude, the others to 0..1.
 */
function shown(
  maps: readonly Values[],
  { combine, signed }: Pick<z.output<typeof camOptions>, "combine" | "signed">,
  [height, width]: readonly number[],
): Values {
  const large = maps.map((map) => upsample(signed ? map : rectified(map), height, width));
  if (large.length === 1) return large[0];
  const scaled = combine === "mean-first"
    ? large
    : large.map((map) => signed ? map.map((v) => v / reach(map)) : unsignedMap(map).map);
  const strongest = (at: number) =>
    scaled.reduce((most, map) => Math.abs(map[at]) > Math.abs(most) ? map[at] : most, 0);
  const mean = (at: number) => scaled.reduce((sum, map) => sum + map[at], 0) / maps.length;
  return values(
    scaled[0].map((_, at) => combine === "max" ? strongest(at) : mean(at)),
    [height, width],
  );
}

/** What {@link cam} makes a technique of. */
export interface CamParts<Schema extends typeof camOptions>
  extends Omit<AttributionTechnique, "kind" | "options" | "run"> {
  /** {@link camOptions}, extended perhaps. */
  readonly options: Schema;
  /** Makes the layers' maps. */
  readonly maps: MapMaker<z.output<Schema>>;
  /** Whether what speaks against the class is in the attribution even where the map does not show it. */
  readonly keepsSign?: boolean;
}

/**
 * Makes a technique of a {@link MapMaker}. The attribution is the layer's map after the ReLU (before
 * it, with `signed`), `[h, w]` at the layer's size; for several layers what their maps are combined
 * to, `[H, W]`. The map is that, upsampled bilinearly and scaled to 0..1.
 *
 * @example
 * ```ts
 * const technique = cam({
 *   id: "mean-cam",
 *   title: "Mean-CAM",
 *   summary: "Where a layer is active, whatever the class",
 *   caution: "It explains no class.",
 *   paper: { citation: "None", url: "https://example.org", equation: "M = ReLU(Σₖ Aₖ)" },
 *   options: camOptions,
 *   maps: byGradients((activation) => tf.onesLike(activation)),
 * });
 * ```
 */
export const cam = <Schema extends typeof camOptions>(
  { maps: make, keepsSign = false, ...about }: CamParts<Schema>,
): AttributionTechnique<z.output<Schema>, z.input<Schema>> =>
  defineTechnique<Schema>({
    ...about,
    kind: "attribution",
    async *run(context): AsyncGenerator<Progress, AttributionResult> {
      const options = context.options as z.output<typeof camOptions>;
      const { model, image: { input }, target } = context, [, height, width] = input.shape;
      const layers = camLayers(model, options.layer, input), { signed } = options;
      const { maps, diagnosis = [], figures } = yield* make(context, layers);
      const picture = shown(maps, options, [height, width]);
      const own = signed || keepsSign ? maps[0] : rectified(maps[0]);
      return {
        attribution: maps.length > 1 ? picture : own,
        ...(signed ? signedMap(picture, options.clip) : unsignedMap(picture, options.clip)),
        colors: signed ? "diverging" : "perceptual",
        overlay: options.overlay,
        figures: { layer: layers.map(({ name }) => name).join(","), ...figures },
        diagnosis: [
          ...diagnosis,
          ...(signed
            ? []
            : layers.flatMap(({ name }, i) => diagnoseMap(name, maps[i], target.label))),
        ],
      };
    },
  });

function diagnoseMap(layer: string, map: Values, label: string): string[] {
  const [low, high] = rangeOf(map);
  return high <= 0 && low < 0
    ? [
      `Every place of "${layer}" speaks against ${label}: after the ReLU the map is empty. ` +
      `${option("signed")} shows it.`,
    ]
    : [];
}
