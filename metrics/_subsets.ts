/** How the score falls when random sets of pixels are replaced, beside what the attribution says of them. */
import { read } from "../engine/read.ts";
import { baseline } from "../run/baseline.ts";
import type { MetricContext } from "../run/metric.ts";
import type { Progress } from "../run/technique.ts";
import { replaced } from "./_order.ts";
import { type Score, scoresOf } from "./_scores.ts";

/** What is needed of the options. */
export interface SubsetOptions {
  readonly baseline: number | string;
  readonly score?: Score;
}

/** Of each set of pixels. */
export interface Falls {
  /** f(x) − f(x with the set replaced) */
  readonly falls: number[];
  /** Σ of the importance over the set. */
  readonly sums: number[];
  readonly score: Score;
}

/** Replaces each set by itself. */
export async function* fallsOf<Options extends SubsetOptions>(
  context: MetricContext<Options>,
  sets: readonly Uint32Array[],
): AsyncGenerator<Progress, Falls> {
  const { image, model, options, importance, random } = context;
  const input = await read(image.input);
  const other = await baseline(options.baseline, input, model.preprocess, random);
  const { scores, score } = yield* scoresOf(
    context,
    sets.length + 1,
    (i) => i === 0 ? input : replaced(input, other, sets[i - 1]),
    options.score,
  );
  return {
    falls: sets.map((_, i) => scores[0] - scores[i + 1]),
    sums: sets.map((set) => set.reduce((sum, at) => sum + importance[at], 0)),
    score,
  };
}
