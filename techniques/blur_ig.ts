import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { BlurIgOptions } from "./options.ts";
import { breathe } from "../engine/breathe.ts";
import { read } from "../engine/read.ts";
import { batches, batchSize } from "../run/batches.ts";
import { completeness } from "./_completeness.ts";
import { type Blurred, blurred } from "./_gaussian.ts";
import { imageGradients } from "./_gradient.ts";
import { signedResult } from "./_shown.ts";

/** How the blurs' deviations lie between 0 and 1, times the largest. */
const SPACINGS = {
  even: (share: number, most: number) => share * most,
  "square-root": (share: number, most: number) => Math.sqrt(share * most),
};

/**
 * Blur integrated gradients: gradients of the logit along a path on which the picture sharpens, from
 * blurred to what it is, times how fast each number changes there. The attribution is signed,
 * `[height, width, channels]`, and adds up to the change in score from the most blurred picture, but for
 * a gap that the figures tell (`completenessGap`). Defaults are PAIR's, and so are the sum (each blur
 * counts from itself to the next wider one) and what lies about the picture: zeros of the network's
 * normalized space. Its widest blur is meant for pictures of some 300 pixels: smaller ones are a plain
 * colour long before, and the steps that are left for them are few. The rate of change is the
 * difference between two blurs of nearly the same width.
 */
export const blurIg: AttributionTechnique<BlurIgOptions> = defineTechnique({
  id: "blur-ig",
  title: "Blur integrated gradients",
  short: "Blur IG",
  kind: "attribution",
  summary: "How the change in score, as a blurred picture sharpens, is shared out among the pixels",
  caution:
    "It needs no empty picture, but what the most blurred one still shows, its colours, is in no " +
    "pixel. The detail that matters may come in within a few steps: the completeness gap tells.",
  paper: {
    citation: "Xu, Venugopalan, Sundararajan 2020, Attribution in Scale and Space",
    url: "https://arxiv.org/abs/2004.03383",
    equation: "R = −Σₛ ∂S_c(L(x, σₛ))/∂L ⊙ ∂L(x, σₛ)/∂σ · (σₛ₊₁ − σₛ), L(x, σ) = x blurred by a " +
      "Gaussian of deviation σ",
  },
  options: signedOptions.extend({
    steps: z.int().min(1).max(10_000).default(100).describe("Blurs along the path"),
    maxSigma: z.number().positive().max(1000).default(50)
      .describe("Standard deviation of the widest blur, in pixels"),
    spacing: z.enum(Object.keys(SPACINGS) as [keyof typeof SPACINGS]).default("even").describe(
      "How the deviations lie between 0 and the widest: even, or square-root, which is the root of as " +
        "many even ones up to the widest, and so ends at its root",
    ),
    gradStep: z.number().min(1e-4).max(1).default(0.01)
      .describe("By how many pixels of deviation the blurs differ that give the rate of change"),
  }),
  async *run({ model, image: { input }, options, target, signal }) {
    const { network } = model, [, height, width] = input.shape;
    const { steps, maxSigma, gradStep } = options, spacing = SPACINGS[options.spacing];
    const deviation = (step: number) => spacing(step / steps, maxSigma);
    const { image: widest } = blurred(input, deviation(steps), gradStep);
    const [before] = target.scores(await read(await network.logits(widest, signal)));
    let sum: tf.Tensor = tf.zerosLike(input);
    for (const [from, to] of batches(steps, batchSize(model, height, width, { gradient: true }))) {
      const all: Blurred[] = [];
      for (let step = from; step < to; step++) {
        await breathe(signal);
        all.push(blurred(input, deviation(step), gradStep));
      }
      const images = tf.concat(all.map(({ image }) => image)) as tf.Tensor4D;
      const changes = tf.tidy(() =>
        tf.concat(
          all.map(({ change }, i) => tf.mul(change, deviation(from + i) - deviation(from + i + 1))),
        )
      );
      const gradients = await imageGradients(network, images, target, {}, signal);
      const next = tf.tidy(() => tf.add(sum, tf.sum(tf.mul(gradients, changes), 0, true)));
      tf.dispose([sum, images, changes, gradients, ...all]);
      sum = next;
      yield { step: to, of: steps };
    }
    const attribution = await read(sum);
    const { figures, diagnosis } = completeness(
      attribution,
      target.logit,
      before,
      `More ${option("steps")} would narrow it, or a smaller ${option("maxSigma")}.`,
    );
    return signedResult(attribution, options, {
      figures: { ...figures, widestSigma: deviation(steps) },
      diagnosis,
    });
  },
});
