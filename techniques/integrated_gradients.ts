import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { percent } from "../core/text.ts";
import {
  type AttributionContext,
  type AttributionTechnique,
  defineTechnique,
  type Progress,
} from "../run/technique.ts";
import type { IntegratedGradientsOptions } from "./options.ts";
import type { Values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { batches, batchSize } from "../run/batches.ts";
import { completeness } from "./_completeness.ts";
import { imageGradients } from "./_gradient.ts";
import { type Quadrature, QUADRATURES } from "./_quadrature.ts";
import { signedResult } from "./_shown.ts";

/** How many points `auto` tries, one after the other. */
const DOUBLINGS = [8, 16, 32, 64, 128, 256, 512, 1000];
/** Share by which the result may still move when the points are doubled, for `auto` to be content. */
const SETTLED = 0.01;

const stepsOption = z.union([
  z.int().min(1).max(1000),
  z.literal("auto"),
]).default(50).describe(
  "Points along the path, 1 to 1000; auto doubles them until the result moves by less than 1 %",
).meta({ takes: "a whole number from 1 to 1000, or auto" });

/** A path, and where on it gradients are taken. */
interface Path extends Quadrature {
  readonly start: tf.Tensor4D;
  readonly way: tf.Tensor;
}

/** The attribution by all points, and by every other one, whose weights are made to add up to 1. */
interface Integral {
  readonly whole: Values;
  readonly half: Values | undefined;
}

async function* integral(
  { model, image, target, signal }: AttributionContext<unknown>,
  { start, way, points, weights }: Path,
  done: number,
): AsyncGenerator<Progress, Integral> {
  const { network } = model, [, height, width] = image.input.shape;
  const column = (numbers: readonly number[]) =>
    tf.tensor4d([...numbers], [numbers.length, 1, 1, 1]);
  const other = weights.map((weight, i) => i % 2 ? 0 : weight);
  const share = other.reduce((a, b) => a + b, 0);
  let whole: tf.Tensor = tf.zerosLike(image.input), half: tf.Tensor = tf.zerosLike(image.input);
  const size = batchSize(model, height, width, { gradient: true });
  for (const [from, to] of batches(points.length, size)) {
    const along = tf.tidy(() =>
      tf.add(start, tf.mul(way, column(points.slice(from, to)))) as tf.Tensor4D
    );
    const gradients = await imageGradients(network, along, target, {}, signal);
    const added = (sum: tf.Tensor, by: readonly number[]) =>
      tf.tidy(() => tf.add(sum, tf.sum(tf.mul(gradients, column(by.slice(from, to))), 0, true)));
    const next = [added(whole, weights), added(half, other)];
    tf.dispose([whole, half, along, gradients]);
    [whole, half] = next;
    yield { step: done + to, of: done + points.length };
  }
  return {
    whole: await read(tf.mul(whole, way)),
    half: points.length > 1 ? await read(tf.mul(tf.div(half, share), way)) : undefined,
  };
}

/** How far two attributions are from each other, as a share of the second's size. */
function distance(before: Values | undefined, after: Values): number {
  if (!before) return Infinity;
  const size = after.reduce((sum, v) => sum + v * v, 0);
  const moved = after.reduce((sum, v, i) => sum + (v - before[i]) ** 2, 0);
  return moved === 0 ? 0 : Math.sqrt(moved / size);
}

/**
 * Integrated gradients: the gradients of the logit along the straight line from a baseline to the
 * picture, averaged, times the way. The attribution is signed, `[height, width, channels]`, and adds up to
 * the change in score, but for a gap that the figures tell (`completenessGap`). `movedByHalving` is how
 * far the result lies from what half of the points would have given, as a share of it. The defaults are
 * Captum's; `method: "linspace", steps: 25` is PAIR's.
 */
export const integratedGradients: AttributionTechnique<IntegratedGradientsOptions> =
  defineTechnique({
    id: "integrated-gradients",
    title: "Integrated gradients",
    kind: "attribution",
    summary:
      "How the change in score, from an empty picture to this one, is shared out among the pixels",
    caution:
      "It depends on the baseline: pixels that look like it get nothing. With few steps the " +
      "parts do not add up to the whole; the completeness gap says how far.",
    paper: {
      citation: "Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks",
      url: "https://arxiv.org/abs/1703.01365",
      equation: "R = (x − x′) ⊙ ∫₀¹ ∂S_c(x′ + α(x − x′))/∂x dα",
    },
    options: signedOptions.extend({
      steps: stepsOption,
      method: z.enum(Object.keys(QUADRATURES) as [keyof typeof QUADRATURES])
        .default("gauss-legendre").describe("How the points are chosen and weighted"),
      baseline: baselineOption("Where the path begins"),
    }),
    async *run(context) {
      const { model: { network, preprocess }, image, options, target, random, signal } = context;
      const empty = await baseline(options.baseline, await read(image.input), preprocess, random);
      const start = tf.tensor4d(empty, image.input.shape), way = tf.sub(image.input, start);
      const auto = options.steps === "auto";
      const counts = auto ? DOUBLINGS : [options.steps as number];
      let found: Integral | undefined, moved = Infinity, done = 0, count = 0;
      for (count of counts) {
        const before = found?.whole;
        const path = { start, way, ...QUADRATURES[options.method](count) };
        found = yield* integral(context, path, done);
        done += count;
        moved = distance(auto ? before : found.half, found.whole);
        if (auto && moved < SETTLED) break;
      }
      const attribution = found!.whole;

      const [before] = target.scores(await read(await network.logits(start, signal)));
      const advice = `More ${option("steps")} would narrow it.`;
      const sums = completeness(attribution, target.logit, before, advice);
      return signedResult(attribution, options, {
        figures: {
          ...sums.figures,
          points: count,
          ...(Number.isFinite(moved) ? { movedByHalving: moved } : {}),
        },
        diagnosis: [
          ...(auto && moved >= SETTLED
            ? [
              `With ${count} points, the most that are tried, the result still moved by ` +
              `${percent(moved, 1)}.`,
            ]
            : []),
          ...sums.diagnosis,
        ],
      });
    },
  });
