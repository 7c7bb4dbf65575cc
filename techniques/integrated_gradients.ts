import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { signedOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { percent } from "../core/text.ts";
import { defineTechnique } from "../run/technique.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "./_baseline.ts";
import { batches, batchSize } from "./_batches.ts";
import { imageGradients } from "./_gradient.ts";
import { QUADRATURES } from "./_quadrature.ts";
import { signedResult } from "./_shown.ts";

/** Share of the change in score that the attributions may miss before the user is told. */
const TOLERABLE_GAP = 0.05;

/**
 * Integrated gradients: the gradients of the logit along the straight line from a baseline to the
 * picture, averaged, times the way. The attribution is signed, `[height, width, channels]`, and adds up to
 * the change in score, but for a gap that the figures tell (`completenessGap`). The defaults are
 * Captum's; `method: "linspace", steps: 25` is PAIR's.
 */
export const integratedGradients = defineTechnique({
  id: "integrated-gradients",
  title: "Integrated gradients",
  kind: "attribution",
  summary:
    "How the change in score, from an empty picture to this one, is shared out among the pixels",
  caution: "It depends on the baseline: pixels that look like it get nothing. With few steps the " +
    "parts do not add up to the whole; the completeness gap says how far.",
  paper: {
    citation: "Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks",
    url: "https://arxiv.org/abs/1703.01365",
    equation: "R = (x − x′) ⊙ ∫₀¹ ∂S_c(x′ + α(x − x′))/∂x dα",
  },
  options: signedOptions.extend({
    steps: z.int().min(1).max(1000).default(50).describe("Points along the path"),
    method: z.enum(Object.keys(QUADRATURES) as [keyof typeof QUADRATURES])
      .default("gauss-legendre").describe("How the points are chosen and weighted"),
    baseline: baselineOption("Where the path begins"),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const { network } = model, [, height, width] = image.input.shape;
    const { points, weights } = QUADRATURES[options.method](options.steps);
    const empty = baseline(options.baseline, await read(image.input), model.preprocess, random);
    const start = tf.tensor4d(empty, image.input.shape), way = tf.sub(image.input, start);
    const column = (numbers: readonly number[]) =>
      tf.tensor4d([...numbers], [numbers.length, 1, 1, 1]);

    let integral: tf.Tensor = tf.zerosLike(image.input);
    const size = batchSize(model, height, width, { gradient: true });
    for (const [from, to] of batches(points.length, size)) {
      const along = tf.tidy(() =>
        tf.add(start, tf.mul(way, column(points.slice(from, to)))) as tf.Tensor4D
      );
      const gradients = await imageGradients(network, along, target, {}, signal);
      const sum = tf.tidy(() =>
        tf.add(integral, tf.sum(tf.mul(gradients, column(weights.slice(from, to))), 0, true))
      );
      tf.dispose([integral, along, gradients]);
      integral = sum;
      yield { step: to, of: points.length };
    }
    const attribution = await read(tf.mul(integral, way));

    const [before] = target.scores(await read(await network.logits(start, signal)));
    const change = target.logit - before;
    const gap = attribution.reduce((sum, v) => sum + v, 0) - change;
    const share = Math.abs(gap) / Math.abs(change);
    return signedResult(attribution, options, {
      figures: { completenessGap: gap, scoreChange: change, baselineScore: before },
      diagnosis: share > TOLERABLE_GAP
        ? [
          `The attributions add up to ${(change + gap).toPrecision(4)}, but the score changes by ` +
          `${change.toPrecision(4)} from the baseline to the picture` +
          `${Number.isFinite(share) ? `, a gap of ${percent(share, 0)}` : ""}. ` +
          `More ${option("steps")} would narrow it.`,
        ]
        : [],
    });
  },
});
