/** Optimizes an image's own pixels: what DeepDream, filter and class visualization share. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { channelOption, layerOption } from "../core/options.ts";
import { option } from "../core/say.ts";
import type { Model } from "../run/model.ts";
import type { Picture } from "../image/mod.ts";
import { normalize, type Preprocess, unnormalize } from "../image/preprocess.ts";
import type { Progress, VisualizationResult } from "../run/technique.ts";
import type { Values } from "../core/values.ts";
import { constant } from "../engine/constant.ts";
import { lastConvolutionalLayer } from "../engine/layers.ts";
import { channelMean, type Objective, scaled } from "../engine/objectives.ts";
import { read, readPause, readScalars } from "../engine/read.ts";
import { checkLayer } from "../visualize/objectives/_fields.ts";
import { type Look, whole } from "../visualize/look.ts";
import { stretched } from "../visualize/mod.ts";
import { diverged, optimizerOf, type OptimizerOptions } from "../visualize/optimizer.ts";

/** Options that both have. */
export const channelOptions = { layer: layerOption(), channel: channelOption };

export const saveEvery = z.int().min(1).max(100_000).default(50)
  .describe("Steps between two pictures that are kept");

/** What an image is optimized for. */
export interface Goal {
  /** What shall grow. */
  readonly objective: Objective;
  /** In sentences: `Channel 3 of "layer4"`. */
  readonly subject: string;
  /** For the manifest. */
  readonly figures: Readonly<Record<string, string>>;
}

interface DreamOptions extends OptimizerOptions {
  readonly steps: number;
  readonly saveEvery: number;
}

/**
 * The mean of a channel: of the layer asked for, or the default one.
 *
 * @throws UserError where it has no such channel at this size.
 */
export function channelGoal(
  model: Model,
  options: { readonly layer?: string; readonly channel: number },
  [height, width]: readonly number[],
): Goal {
  const layer = options.layer ?? lastConvolutionalLayer(model.network.graph);
  checkLayer(model, layer, options.channel, { height, width }, "channel");
  return {
    objective: channelMean(layer, options.channel),
    subject: `Channel ${options.channel} of "${layer}"`,
    figures: { layer },
  };
}

/** What a dream starts from, and how it is looked at. */
export interface Dreamt {
  readonly model: Model;
  readonly goal: Goal;
  /**
   * `[height, width, channels]` in the network's normalized space: one, or several of growing size
   * (octaves), each of which takes over what the one before has added.
   */
  readonly scales: readonly Values[];
  readonly options: DreamOptions;
  /** What the last of the scales shows. */
  readonly picture?: Picture;
  /** Another way to look than at the whole image, made of that one. */
  readonly around?: (look: Look) => Look;
  /** Whether numbers that no picture has are put right after each step. */
  readonly clip?: boolean;
  readonly signal?: AbortSignal;
}

/** What brings numbers back to those between black and white. */
function clipper(spec: Preprocess): (x: tf.Tensor4D) => tf.Tensor4D {
  const [black, white] = [0, 255].map((level) =>
    normalize({ width: 1, height: 1, data: new Uint8ClampedArray(3).fill(level) }, spec)
  );
  const colour = (channels: Values) => constant(channels, [channels.length]);
  return (x) => tf.tidy(() => tf.minimum(tf.maximum(x, colour(black)), colour(white)));
}

/** The last scale, with what a smaller one has added, stretched to its size. */
function inFull(image: tf.Tensor4D, base: Values, last: Values): tf.Tensor4D {
  if (base === last) return tf.clone(image);
  const [height, width] = last.shape;
  return tf.tidy(() => {
    const added = tf.sub(image, tf.tensor(base, image.shape)) as tf.Tensor4D;
    return tf.add(tf.tensor(last, [1, ...last.shape]), stretched(added, height, width));
  });
}

/** Minimizes minus the objective, as the notebook does. */
export async function* dream(
  { model, goal, scales, options, picture, around, clip, signal }: Dreamt,
): AsyncGenerator<Progress, VisualizationResult> {
  const objective = scaled(goal.objective, -1), last = scales.at(-1)!;
  const plain = whole(model.network, objective, signal), look = around?.(plain) ?? plain;
  const valid = clip ? clipper(model.preprocess) : undefined;
  if (!last.every(Number.isFinite)) {
    throw new UserError("The image to start from has numbers that are not finite.", {
      code: "bad-file",
      option: "start",
    });
  }
  const losses: number[] = [], diagnosis: string[] = [], of = scales.length * options.steps;
  /** The gradient's largest magnitude at each step. */
  const forces: number[] = [];
  // the last image known to be finite, in case a later one is not
  let good!: tf.Tensor4D, goodStep = 0, base!: Values;
  const inWhole = async (x: tf.Tensor4D) => {
    const full = inFull(x, base, last), numbers = await read(full);
    full.dispose();
    return numbers;
  };
  const asPicture = async (x: tf.Tensor4D) => unnormalize(await inWhole(x), model.preprocess);

  let waiting: { loss: tf.Scalar; force: tf.Scalar }[] = [], lastRead = performance.now();
  dreaming:
  for (const [octave, scale] of scales.entries()) {
    const started = octave === 0
      ? tf.tensor4d(scale, [1, ...scale.shape as [number, number, number]])
      : inFull(good, base, scale);
    good?.dispose();
    base = scale;
    let image = good = started;
    const optimizer = optimizerOf(options);
    for (let now = 1; now <= options.steps; now++) {
      const step = octave * options.steps + now;
      const { value, gradient } = await look(image);
      if (step === 1) await refuseBroken(model.id, objective.layers[0], [value, gradient]);
      const moved = optimizer.update(image, gradient) as tf.Tensor4D;
      const next = valid?.(moved) ?? moved;
      if (next !== moved) moved.dispose();
      waiting.push({ loss: value, force: largest(gradient) });
      gradient.dispose();
      if (image !== good) image.dispose();
      image = next;
      const keep = step % options.saveEvery === 0 || step === of, change = now === options.steps;
      if (!keep && !change && performance.now() - lastRead < readPause()) continue;

      losses.push(...await readScalars(waiting.map(({ loss }) => loss)));
      forces.push(...await readScalars(waiting.map(({ force }) => force)));
      for (const { loss, force } of waiting) tf.dispose([loss, force]);
      [waiting, lastRead] = [[], performance.now()];
      const frame = keep ? await asPicture(image) : undefined;
      const broken = losses.findIndex((loss) => !Number.isFinite(loss));
      if (broken >= 0 || ((keep || change) && !Number.isFinite(await read1(largest(image))))) {
        diagnosis.push(diverged(broken < 0 ? step : broken + 1, goodStep));
        losses.splice(broken < 0 ? losses.length : broken);
        image.dispose();
        break dreaming;
      }
      good.dispose();
      [good, goodStep] = [image, step];
      const preview = () => frame ? Promise.resolve(frame) : asPicture(good);
      yield { step, of, loss: losses.at(-1), frame, preview };
    }
  }
  diagnosis.push(...diagnoseForces(forces.slice(0, losses.length), goal.subject));
  const result = await inWhole(good);
  good.dispose();
  return {
    image: result,
    final: unnormalize(result, model.preprocess),
    losses,
    start: picture,
    diagnosis,
    figures: goal.figures,
  };
}

const largest = (x: tf.Tensor): tf.Scalar => tf.tidy(() => tf.max(tf.abs(x)));

/** Reads a scalar and disposes of it. */
async function read1(scalar: tf.Scalar): Promise<number> {
  const [value] = await readScalars([scalar]);
  scalar.dispose();
  return value;
}

/** @throws UserError where a layer's value or gradient is not finite for the image at the start. */
async function refuseBroken(
  model: string,
  layer: string,
  tensors: readonly tf.Tensor[],
): Promise<void> {
  for (const tensor of tensors) {
    if (Number.isFinite(await read1(largest(tensor)))) continue;
    throw new UserError(
      `${model} gives numbers that are not finite at "${layer}" for the image to start from: its ` +
        `weights or its preprocessing must be wrong.`,
    );
  }
}

/** Whether the channel responded at all, and until when. */
function diagnoseForces(forces: readonly number[], subject: string): string[] {
  const last = forces.findLastIndex((force) => force > 0) + 1;
  if (forces.length === 0 || last === forces.length) return [];
  if (last === 0) {
    return [
      `${subject} is dead here: no pixel changes it, so only weight decay moved ` +
      `the image. Another channel, or another start, may respond.`,
    ];
  }
  return [
    `${subject} died after step ${last}: from then on no pixel changed it, and ` +
    `only weight decay moved the image. A smaller ${option("learningRate")} would keep it alive.`,
  ];
}
