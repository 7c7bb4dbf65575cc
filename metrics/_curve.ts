/** Curves of a score while ever more pixels are taken away, or put in. */
import { z } from "../deps/zod.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { unnormalize } from "../image/preprocess.ts";
import { baseline } from "../run/baseline.ts";
import type { Judgement, Metric, MetricContext } from "../run/metric.ts";
import type { Progress } from "../run/technique.ts";
import { byImportance, replaced } from "./_order.ts";
import { type Score, scoresOf } from "./_scores.ts";

/** How many steps a curve has. */
export const stepsOption: z.ZodDefault<z.ZodInt> = z.int().min(1).max(10_000).default(20)
  .describe("Steps in which the pixels are changed, equally many in each but the last");

/** What curves take. */
export interface CurveOptions {
  readonly steps: number;
  readonly baseline: number | string;
  readonly score?: Score;
}

/** How many pixels are changed at each point: 0, a step, two steps, …, all. */
export function counts(pixels: number, steps: number): number[] {
  const step = Math.ceil(pixels / steps);
  return Array.from({ length: Math.ceil(pixels / step) + 1 }, (_, i) => Math.min(i * step, pixels));
}

/** The area under a curve, by the trapezoid rule. */
export const areaUnder = (x: readonly number[], y: ArrayLike<number>): number =>
  x.slice(1).reduce((sum, at, i) => sum + (at - x[i]) * (y[i] + y[i + 1]) / 2, 0);

const percent = (share: number) => `${Math.round(1000 * share) / 10} %`;

/**
 * Judges by a curve: the most important pixels first are made those of the baseline (`delete`), or
 * those of the picture in the baseline (`insert`).
 */
export const curveOf = (what: "delete" | "insert"): Metric<CurveOptions>["judge"] =>
  async function* (
    context: MetricContext<CurveOptions>,
  ): AsyncGenerator<Progress, Judgement> {
    const { model, image, options, importance, random } = context;
    const input = await read(image.input), { preprocess } = model;
    const other = await baseline(options.baseline, input, preprocess, random);
    const [from, to] = what === "delete" ? [input, other] : [other, input];
    const order = byImportance(importance), points = counts(order.length, options.steps);
    const changed = (i: number) => replaced(from, to, order.subarray(0, points[i]));
    const { scores, score } = yield* scoresOf(context, points.length, changed, options.score);
    const x = points.map((count) => count / order.length);
    const done = what === "delete" ? "taken away" : "shown";
    return {
      value: areaUnder(x, scores),
      curve: [...scores],
      axes: { x, titles: [`share of the pixels ${done}`, score] },
      steps: x.map((share, i) => ({
        caption: `${percent(share)} ${done}`,
        picture: () => unnormalize(values(changed(i), input.shape), preprocess),
      })),
    };
  };
