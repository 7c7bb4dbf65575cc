import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { namesIn, signedOptions } from "../core/options.ts";
import { rangeOf } from "../run/maps.ts";
import { option } from "../core/say.ts";
import {
  type AttributionContext,
  type AttributionTechnique,
  defineTechnique,
} from "../run/technique.ts";
import type { GradientShapOptions } from "./options.ts";
import type { Random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { breathe } from "../engine/breathe.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { batches, batchSize } from "../run/batches.ts";
import { completeness } from "./_completeness.ts";
import { imageGradients } from "./_gradient.ts";
import { signedResult } from "./_shown.ts";

/** The one that is another picture each time. */
const DRAWN_ANEW = "noise";

/** Draws one of the baselines for a sample. */
type Baselines = (random: Random) => Promise<Values>;

/** The baselines that a text names, each made once. @throws UserError for one that is none. */
async function baselinesIn(
  text: string | number,
  input: Values,
  { model: { preprocess }, random }: AttributionContext<unknown>,
): Promise<Baselines> {
  const names = namesIn(String(text)), made = new Map<string, Values>();
  for (const name of names) made.set(name, await baseline(name, input, preprocess, random));
  return async (draws) => {
    const name = draws.pick(names);
    return name === DRAWN_ANEW ? await baseline(name, input, preprocess, draws) : made.get(name)!;
  };
}

/** One sample: a baseline, the way from it to the noisy picture, and where on the way the gradient is. */
interface Sample {
  readonly start: Values;
  readonly way: Values;
  readonly share: number;
}

async function draw(
  input: Values,
  deviation: number,
  baselines: Baselines,
  random: Random,
): Promise<Sample> {
  const start = await baselines(random), share = random.next();
  const noise = random.fork("noise");
  const way = input.map((v, i) => v + (deviation && noise.normal(0, deviation)) - start[i]);
  return { start, way: values(way, input.shape), share };
}

/** Samples as a batch, `[samples, height, width, channels]`. */
const together = (all: readonly Values[]): tf.Tensor4D =>
  tf.stack(
    all.map((one) => tf.tensor3d(one, one.shape as [number, number, number])),
  ) as tf.Tensor4D;

/**
 * GradientSHAP: gradients of the logit at random places between random baselines and noisy copies of
 * the picture, times the way from the one to the other, averaged; of so many samples that this settles,
 * expected gradients. The attribution is signed, `[height, width, channels]`, and adds up to the change
 * in score from the baselines' mean, the better the more samples there are (`completenessGap`). Samples
 * and noise are as Captum's defaults have them, though `sigma` is a share of the picture's range here
 * as in `smooth-grad`; Captum has no default baselines.
 */
export const gradientShap: AttributionTechnique<GradientShapOptions> = defineTechnique({
  id: "gradient-shap",
  title: "GradientSHAP",
  kind: "attribution",
  summary:
    "How the change in score from several empty pictures to this one is shared out among the " +
    "pixels, by random samples of integrated gradients",
  caution:
    "With few samples the map is noisy and its parts do not add up: the completeness gap says how " +
    "far. Shapley values it estimates only for a network that is nearly linear between the " +
    "baselines and the picture.",
  paper: {
    citation:
      "Lundberg, Lee 2017, A Unified Approach to Interpreting Model Predictions; as expected " +
      "gradients: Erion, Janizek, Sturmfels, Lundberg, Lee 2019",
    url: "https://arxiv.org/abs/1705.07874",
    equation: "R = 1/n · Σᵢ (x + εᵢ − bᵢ) ⊙ ∂S_c/∂x at bᵢ + αᵢ(x + εᵢ − bᵢ); bᵢ drawn from the " +
      "baselines, αᵢ ~ U(0, 1), ε ~ N(0, (σ·(max x − min x))²)",
  },
  options: signedOptions.extend({
    samples: z.int().min(1).max(10_000).default(5).describe("Number of random samples"),
    sigma: z.number().min(0).max(10).default(0)
      .describe("Standard deviation of the noise, as a share of the picture's range of values"),
    baseline: baselineOption(
      "Where the ways begin, one or several between commas, of which each sample draws one",
      "zero, mean, blur, noise",
    ),
  }),
  async *run(context) {
    const { model, image, options, target, random, signal } = context;
    const input = await read(image.input), [height, width] = input.shape;
    const [low, high] = rangeOf(input), deviation = options.sigma * (high - low);
    const baselines = await baselinesIn(options.baseline, input, context), { samples } = options;
    const sum = new Float64Array(input.length);
    let before = 0;
    for (
      const [from, to] of batches(samples, batchSize(model, height, width, { gradient: true }))
    ) {
      const drawn: Sample[] = [];
      for (let i = from; i < to; i++) {
        await breathe(signal);
        drawn.push(await draw(input, deviation, baselines, random.fork(`sample ${i}`)));
      }
      const starts = tf.tidy(() => together(drawn.map(({ start }) => start)));
      const ways = tf.tidy(() => together(drawn.map(({ way }) => way)));
      const shares = tf.tensor4d(drawn.map(({ share }) => share), [to - from, 1, 1, 1]);
      const points = tf.tidy(() => tf.add(starts, tf.mul(ways, shares)) as tf.Tensor4D);
      const logits = await model.network.logits(starts, signal);
      const scores = target.scores(values(await logits.data<"float32">(), logits.shape));
      before += scores.reduce((a, b) => a + b, 0) / samples;
      const gradients = await imageGradients(model.network, points, target, {}, signal);
      const parts = tf.tidy(() => tf.sum(tf.mul(gradients, ways), 0));
      (await parts.data<"float32">()).forEach((v, i) => sum[i] += v / samples);
      tf.dispose([starts, ways, shares, points, logits, gradients, parts]);
      yield { step: to, of: samples };
    }
    const attribution = values(Float32Array.from(sum), input.shape);
    const { figures, diagnosis } = completeness(
      attribution,
      target.logit,
      before,
      `More ${option("samples")} would narrow it.`,
    );
    return signedResult(attribution, options, { figures: { ...figures, deviation }, diagnosis });
  },
});
