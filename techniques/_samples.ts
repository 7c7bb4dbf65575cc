/** An attribution of many noisy copies of a picture, and what is computed from them. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { optionFields, type OptionRole, techniqueOption } from "../core/options.ts";
import { option } from "../core/say.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { isDiverging } from "../image/colour_maps.ts";
import type { Colors } from "../image/render.ts";
import { upsample } from "../image/upsample.ts";
import { maxMagnitude, rangeOf, signedMap, unsignedMap } from "../run/maps.ts";
import type {
  AttributionContext,
  AttributionResult,
  AttributionTechnique,
  ImageGradient,
  Progress,
} from "../run/technique.ts";
import { parseChoices } from "../run/choices.ts";
import { techniques } from "../run/techniques.ts";
import { batches, batchSize } from "../run/batches.ts";
import { imageGradients } from "./_gradient.ts";

/** An attribution of one noisy picture. */
type Sample = Pick<AttributionResult, "attribution" | "colors">;

type Samples = AsyncGenerator<readonly Sample[]>;
type Context = AttributionContext<unknown>;

/** Which attribution is sampled, and how. */
export interface Sampling {
  readonly technique: AttributionTechnique;
  /** The technique's own options; default: its defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** How many noisy copies. */
  readonly count: number;
  /** Standard deviation of the noise, in the network's normalized space. */
  readonly deviation: number;
}

/** Makes `count` pictures with noise of their own, `[count, height, width, channels]`. */
type Noisy = (count: number) => tf.Tensor4D;

async function* inBatches(
  { model, image, target, signal }: Context,
  method: ImageGradient,
  count: number,
  noisy: Noisy,
): Samples {
  const [, height, width, channels] = image.input.shape, size = height * width * channels;
  for (const [from, to] of batches(count, batchSize(model, height, width, { gradient: true }))) {
    const images = noisy(to - from);
    const gradients = await imageGradients(model.network, images, target, method, signal);
    const all = await gradients.data() as Float32Array;
    tf.dispose([images, gradients]);
    yield Array.from({ length: to - from }, (_, i) => ({
      attribution: values(all.subarray(i * size, (i + 1) * size), [height, width, channels]),
      colors: method.colors,
    }));
  }
}

async function* oneByOne(
  context: Context,
  { technique, options, count }: Sampling,
  noisy: Noisy,
): Samples {
  for (let i = 0; i < count; i++) {
    const input = noisy(1), random = context.random.fork(`${i}`);
    yield [await context.attribute(technique, { options, input, random })];
    input.dispose();
  }
}

/** What the technique that samples decides: what is explained, and how it is shown. */
const OUTER: readonly (OptionRole | undefined)[] = ["class", "overlay", "clip"];

/** The attribution that {@link sampled} reads. */
export const sampledOption = (description: string): z.ZodDefault<z.ZodString> =>
  techniqueOption(
    "saliency",
    `${description}, with options where wanted: lrp(composite=alpha1-beta0)`,
  );

/**
 * The attribution that is to be sampled by another, with its options: `lrp(epsilon=0.1)`.
 *
 * @param by The id of the one that samples it.
 * @throws UserError where there is none, it is `by` itself, or its options do not fit.
 */
export function sampled(
  text: string,
  by: string,
): Pick<Sampling, "technique" | "options"> {
  const refuse = (reason: string) =>
    new UserError(`Cannot smooth ${text}: ${reason}.`, { code: "bad-option", option: "of" });
  const [{ thing, options }, more] = parseChoices(text, techniques, {
    noun: "attribution",
    option: "of",
  });
  if (more) throw refuse(`${option("of")} takes one attribution`);
  if (thing.kind !== "attribution" || thing.id === by) {
    const able = [...techniques].filter(({ kind, id }) => kind === "attribution" && id !== by);
    throw refuse(
      `${option("of")} takes an attribution, ${able.map(({ id }) => id).join(", ")}`,
    );
  }
  const outer = optionFields(thing.options).find(({ name, role, default: usual }) =>
    OUTER.includes(role) && options[name] !== usual
  );
  if (!outer) return { technique: thing, options };
  throw refuse(`"${outer.name}" has no effect within another technique, whose own counts`);
}

/** Mean, mean square, or variance, from sums over `count` samples. */
const VARIANTS = {
  mean: (sum: number, _squares: number, count: number) => sum / count,
  squared: (_sum: number, squares: number, count: number) => squares / count,
  var: (sum: number, squares: number, count: number) =>
    Math.max(0, squares / count - (sum / count) ** 2),
};

/** What can be computed from samples. */
type Variant = keyof typeof VARIANTS;

/** Which of it is. */
export const variantOption: z.ZodDefault<z.ZodEnum<{ [Name in Variant]: Name }>> = z.enum(
  ["mean", "squared", "var"],
).default("mean").describe(
  "What is computed from the samples: mean, mean square (SmoothGrad²) or variance (VarGrad)",
);

/** The map of an attribution by what its shape and its sign are. */
function mapOf(attribution: Values, signed: boolean, [height, width]: number[], clip: number) {
  const whole = attribution.shape.length === 2
    ? upsample(attribution, height, width)
    : signed
    ? attribution
    : maxMagnitude(attribution);
  return signed ? signedMap(whole, clip) : unsignedMap(whole, clip);
}

/**
 * The mean, the mean square or the variance of an attribution over noisy copies of the picture, shaped
 * as the attribution. Of a technique that declares its gradient, many copies take one pass.
 */
export async function* smoothedOver(
  context: AttributionContext<
    { readonly variant: Variant; readonly clip: number; readonly overlay: number }
  >,
  sampling: Sampling,
): AsyncGenerator<Progress, AttributionResult> {
  const { image: { input }, options: { variant, clip, overlay }, random } = context;
  const { technique, count, deviation } = sampling;
  const stream = random.fork("noise");
  const noisy = (count: number) => {
    const shape = [count, ...input.shape.slice(1)] as [number, number, number, number];
    return tf.tidy(() =>
      tf.add(input, tf.tensor4d(stream.normalValues(shape, 0, deviation), shape)) as tf.Tensor4D
    );
  };
  const samples = technique.gradient
    ? inBatches(context, technique.gradient, count, noisy)
    : oneByOne(context, sampling, noisy);

  let sum = new Float64Array(), squares = new Float64Array(), step = 0;
  let shape: readonly number[] = [], colors: Colors = "gray";
  for await (const some of samples) {
    for (const sample of some) {
      const { attribution } = sample;
      if (step++ === 0) {
        sum = new Float64Array(attribution.length);
        squares = new Float64Array(attribution.length);
        ({ attribution: { shape }, colors } = sample);
      }
      attribution.forEach((v, i) => {
        sum[i] += v;
        squares[i] += v * v;
      });
    }
    yield { step, of: count };
  }
  const taken = VARIANTS[variant];
  const attribution = values(Float32Array.from(sum, (v, i) => taken(v, squares[i], count)), shape);
  const signed = isDiverging(colors) && variant === "mean";
  return {
    attribution,
    ...mapOf(attribution, signed, [input.shape[1], input.shape[2]], clip),
    colors: isDiverging(colors) && !signed ? "perceptual" : colors,
    overlay,
    figures: { deviation },
  };
}

/** The range of a picture's values, `max x − min x`, in the network's normalized space. */
export async function spreadOf(input: tf.Tensor4D): Promise<number> {
  const [low, high] = rangeOf(await read(input));
  return high - low;
}
