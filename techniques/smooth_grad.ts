import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { maxMagnitude, rangeOf, signedMap, unsignedMap } from "../run/maps.ts";
import { attributionOptions, clipOption, overlayOption, techniqueOption } from "../core/options.ts";
import { option } from "../core/say.ts";
import {
  type AttributionContext,
  type AttributionTechnique,
  defineTechnique,
} from "../run/technique.ts";
import type { SmoothGradOptions } from "./options.ts";
import { techniques } from "../run/techniques.ts";
import { isDiverging } from "../image/colour_maps.ts";
import type { Colors } from "../image/render.ts";
import { upsample } from "../image/upsample.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { batches, batchSize } from "../run/batches.ts";
import { type GradientMethod, imageGradients } from "./_gradient.ts";
import { deconvnetRules, guidedRules } from "./_relu_rules.ts";

const ID = "smooth-grad";

/** Techniques that are a gradient of each image, so that a batch of images takes one pass. */
const BY_GRADIENT: Readonly<Record<string, GradientMethod & { colors: Colors }>> = {
  "saliency": { colors: "gray" },
  "input-x-gradient": { timesInput: true, colors: "diverging" },
  "guided-backprop": { rules: guidedRules, colors: "diverging" },
  "deconvnet": { rules: deconvnetRules, colors: "diverging" },
};

/** An attribution of one noisy picture. */
interface Sample {
  readonly attribution: Values;
  readonly colors: Colors;
}

type Samples = AsyncGenerator<readonly Sample[]>;
type Context = AttributionContext<unknown>;

/** Makes `count` pictures with noise of their own, `[count, height, width, channels]`. */
type Noisy = (count: number) => tf.Tensor4D;

async function* inBatches(
  { model, image, target, signal }: Context,
  method: GradientMethod & { colors: Colors },
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
  technique: AttributionTechnique,
  count: number,
  noisy: Noisy,
): Samples {
  for (let i = 0; i < count; i++) {
    const input = noisy(1), random = context.random.fork(`${i}`);
    yield [await context.attribute(technique, { input, random })];
    input.dispose();
  }
}

/** The attribution of that id. @throws UserError where there is none, or it is this one. */
function smoothed(id: string): AttributionTechnique {
  const technique = techniques.get(id);
  if (technique.kind === "attribution" && id !== ID) return technique;
  const able = [...techniques].filter((t) => t.kind === "attribution" && t.id !== ID);
  throw new UserError(
    `Cannot smooth ${id}: ${option("of")} takes an attribution, ${
      able.map((t) => t.id).join(", ")
    }.`,
    { code: "bad-option", option: "of" },
  );
}

/** Mean, mean square, or variance, from sums over `count` samples. */
const VARIANTS = {
  mean: (sum: number, _squares: number, count: number) => sum / count,
  squared: (_sum: number, squares: number, count: number) => squares / count,
  var: (sum: number, squares: number, count: number) =>
    Math.max(0, squares / count - (sum / count) ** 2),
};

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
 * SmoothGrad: an attribution averaged over noisy copies of the picture. The attribution has the
 * smoothed technique's shape; `squared` and `var` are at least 0. Defaults are PAIR's, but for the
 * variant: its implementation squares, the paper (and this default) takes the mean. The smoothed
 * technique runs with its own defaults.
 */
export const smoothGrad: AttributionTechnique<SmoothGradOptions> = defineTechnique({
  id: ID,
  title: "SmoothGrad",
  kind: "attribution",
  summary: "Another attribution with less noise: its average over noisy copies of the picture",
  caution:
    "It smooths whatever it is given, faults included; with too much noise, the network sees " +
    "pictures unlike any that it knows.",
  paper: {
    citation: "Smilkov, Thorat, Kim, Viégas, Wattenberg 2017, SmoothGrad",
    url: "https://arxiv.org/abs/1706.03825",
    equation: "R = 1/n · Σᵢ R_of(x + εᵢ), ε ~ N(0, (σ·(max x − min x))²); squared: mean of R²; " +
      "var: mean of R² − (mean of R)²",
  },
  options: attributionOptions.extend({
    of: techniqueOption("saliency", "Attribution to smooth"),
    variant: z.enum(["mean", "squared", "var"]).default("mean")
      .describe(
        "What is computed from the samples: mean, mean square (SmoothGrad²) or variance (VarGrad)",
      ),
    samples: z.int().min(1).max(10_000).default(25).describe("Number of noisy copies"),
    sigma: z.number().min(0).max(10).default(0.15)
      .describe("Standard deviation of the noise, as a share of the picture's range of values"),
    clip: clipOption,
    overlay: overlayOption(0.85),
  }),
  async *run(context) {
    const { image: { input }, options, random } = context;
    const { samples: count, clip, overlay } = options;
    const technique = smoothed(options.of);
    const [low, high] = rangeOf(await read(input));
    const deviation = options.sigma * (high - low);
    const stream = random.fork("noise");
    const noisy = (count: number) => {
      const shape = [count, ...input.shape.slice(1)] as [number, number, number, number];
      return tf.tidy(() =>
        tf.add(input, tf.tensor4d(stream.normalValues(shape, 0, deviation), shape)) as tf.Tensor4D
      );
    };
    const method = Object.hasOwn(BY_GRADIENT, technique.id) ? BY_GRADIENT[technique.id] : undefined;
    const samples = method
      ? inBatches(context, method, count, noisy)
      : oneByOne(context, technique, count, noisy);

    let sum = new Float64Array(), squares = new Float64Array(), step = 0;
    let shape: readonly number[] = [], colors: Colors = "gray";
    for await (const some of samples) {
      for (const sample of some) {
        const { attribution } = sample;
        if (step++ === 0) {
          [sum, squares] = [
            new Float64Array(attribution.length),
            new Float64Array(attribution.length),
          ];
          [shape, colors] = [attribution.shape, sample.colors];
        }
        attribution.forEach((v, i) => {
          sum[i] += v;
          squares[i] += v * v;
        });
      }
      yield { step, of: count };
    }
    const taken = VARIANTS[options.variant];
    const attribution = values(
      Float32Array.from(sum, (v, i) => taken(v, squares[i], count)),
      shape,
    );
    const signed = isDiverging(colors) && options.variant === "mean";
    return {
      attribution,
      ...mapOf(attribution, signed, [input.shape[1], input.shape[2]], clip),
      colors: isDiverging(colors) && !signed ? "perceptual" : colors,
      overlay,
      figures: { deviation },
    };
  },
});
