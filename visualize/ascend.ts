/** Changes the numbers behind images, step by step, so that an objective grows. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { record, valueAndGrads } from "../engine/gradients/mod.ts";
import { INPUT } from "../engine/graph.ts";
import type { Objective } from "../engine/objectives.ts";
import { readPause, readScalars } from "../engine/read.ts";
import type { Picture } from "../image/mod.ts";
import type { Model } from "../run/model.ts";
import type { Parameterized } from "../run/parameterization.ts";
import type { Progress } from "../run/technique.ts";
import { coloursOf, toInput } from "./_input.ts";
import { stretched } from "./_resample.ts";
import { combined, type ObjectiveTerm, type ParsedObjective } from "./expression.ts";
import type { Change } from "./lists.ts";
import { diverged, optimizerOf, type OptimizerOptions } from "./optimizer.ts";
import { redirectRules } from "./redirect.ts";

/** What is optimized, and how. */
export interface Ascent extends OptimizerOptions {
  readonly model: Model;
  readonly parameterized: Parameterized;
  /** What shall grow: terms of the image alone see it as it is, others after the transformations. */
  readonly objective: ParsedObjective;
  readonly change: Change;
  readonly steps: number;
  /** Steps between two frames. */
  readonly saveEvery: number;
  /** For so many steps, silent ReLUs are woken. */
  readonly redirect: number;
  /** Makes a frame of the images `[batch, height, width, channels]`, in the network's space. */
  readonly show: (images: Values) => Picture;
  readonly random: Random;
  readonly signal?: AbortSignal;
}

/** What came of it. */
export interface Ascended {
  /** `[batch, height, width, channels]` in the network's normalized space. */
  readonly images: Values;
  /** Minus the objective at each step, before its update. */
  readonly losses: readonly number[];
  readonly diagnosis: readonly string[];
}

const isOfImage = ({ objective }: ObjectiveTerm) =>
  objective.layers.every((layer) => layer === INPUT);

/** The sum of some of an objective's terms, if there are any. */
const sumOf = (terms: readonly ObjectiveTerm[]): Objective | undefined =>
  terms.length ? combined(terms, "") : undefined;

/**
 * Resizes images where the network cannot take them, as transformations leave them, for what is asked.
 */
function fitterFor({ network, inputSize }: Model, layers: readonly string[]) {
  const known = new Map<string, boolean>(), [fixedHeight, fixedWidth] = network.graph.input.shape;
  const takes = (height: number, width: number) => {
    if ((fixedHeight ?? height) !== height || (fixedWidth ?? width) !== width) return false;
    try {
      for (const layer of layers) network.shapeOf(layer, height, width);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  };
  return (images: tf.Tensor4D): tf.Tensor4D => {
    const [, height, width] = images.shape, size = `${height}x${width}`;
    if (!known.has(size)) known.set(size, takes(height, width));
    return known.get(size) ? images : stretched(images, inputSize.height, inputSize.width);
  };
}

/** How one step finds the way: the objective's value, and its gradient at each parameter. */
function wayUp(ascent: Ascent) {
  const { model, parameterized, change, redirect, signal } = ascent;
  const { terms, layers } = ascent.objective, colours = coloursOf(model.preprocess);
  const ofNetwork = sumOf(terms.filter((term) => !isOfImage(term)));
  const ofImage = sumOf(terms.filter(isOfImage));
  const fit = fitterFor(model, layers), rules = redirect > 0 ? redirectRules() : undefined;

  /** Of the network, which sees the image changed. */
  async function seen(image: tf.Tensor, step: number) {
    const random = ascent.random.fork(`step ${step}`);
    const look = record(
      ([image]) => fit(toInput(change(image as tf.Tensor4D, random), colours)),
      [image],
    );
    try {
      const options = { signal, rules: step <= redirect ? rules : undefined };
      const input = look.value as tf.Tensor4D;
      const { value, gradients, taps } = await model.network.gradient(input, ofNetwork!, options);
      const [gradient] = look.back(gradients.input);
      tf.dispose([taps, gradients]);
      return { value, gradient };
    } finally {
      look.value.dispose();
      look.dispose();
    }
  }
  /** Of the image as it is. */
  function plain(image: tf.Tensor) {
    const { value, grads: [gradient] } = valueAndGrads(
      ([image]) => ofImage!.value(() => toInput(image as tf.Tensor4D, colours)),
      [image],
    );
    return { value, gradient };
  }
  return async (parameters: tf.Tensor[], step: number) => {
    const made = record(parameterized.image, parameters);
    try {
      const parts = [
        ...(ofNetwork ? [await seen(made.value, step)] : []),
        ...(ofImage ? [plain(made.value)] : []),
      ];
      const found = tf.tidy(() => ({
        value: tf.addN(parts.map(({ value }) => value)) as tf.Scalar,
        gradients: made.back(tf.addN(parts.map(({ gradient }) => gradient))),
      }));
      for (const { value, gradient } of parts) tf.dispose([value, gradient]);
      return found;
    } finally {
      made.value.dispose();
      made.dispose();
    }
  };
}

/**
 * Optimizes images.
 *
 * @throws UserError where the objective is not finite for the images that are started from.
 * @throws the signal's reason once it is aborted.
 */
export async function* ascend(ascent: Ascent): AsyncGenerator<Progress, Ascended> {
  const { model, parameterized, steps, saveEvery, show } = ascent;
  const colours = coloursOf(model.preprocess), look = wayUp(ascent);
  const optimizers = parameterized.parameters.map(() => optimizerOf(ascent));
  let parameters = parameterized.parameters;
  const losses: number[] = [], diagnosis: string[] = [];
  let waiting: tf.Scalar[] = [], lastRead = performance.now();
  const imagesOf = async (parameters: tf.Tensor[]): Promise<Values> => {
    const images = tf.tidy(() => toInput(parameterized.image(parameters), colours));
    const numbers = values(await images.data() as Float32Array, images.shape);
    images.dispose();
    return numbers;
  };

  // the last images known to be finite, in case later ones are not
  let good = await imagesOf(parameters), goodStep = 0;
  for (let step = 1; step <= steps; step++) {
    const { value, gradients } = await look(parameters, step);
    const downhill = tf.tidy(() => gradients.map((gradient) => tf.neg(gradient)));
    const next = optimizers.map((optimizer, i) => optimizer.update(parameters[i], downhill[i]));
    waiting.push(value);
    tf.dispose([gradients, downhill, parameters]);
    parameters = next;

    const keep = step % saveEvery === 0 || step === steps;
    if (!keep && performance.now() - lastRead < readPause()) continue;
    losses.push(...(await readScalars(waiting)).map((value) => -value));
    tf.dispose(waiting);
    [waiting, lastRead] = [[], performance.now()];
    const images = keep ? await imagesOf(parameters) : undefined;
    const broken = losses.findIndex((loss) => !Number.isFinite(loss));
    if (broken === 0) {
      throw new UserError(
        `${model.id} gives an objective that is not finite for the image to start from: its weights ` +
          `or its preprocessing must be wrong.`,
      );
    }
    if (broken > 0 || images?.some((n) => !Number.isFinite(n))) {
      diagnosis.push(
        diverged(broken < 0 ? step : broken + 1, goodStep),
      );
      losses.splice(broken < 0 ? losses.length : broken);
      break;
    }
    if (images) [good, goodStep] = [images, step];
    const frame = images && show(images), now = parameters;
    const preview = async () => frame ?? show(await imagesOf(now));
    yield { step, of: steps, loss: losses.at(-1), frame, preview };
  }
  tf.dispose(parameters);
  return { images: good, losses, diagnosis };
}
