/** What the network says of changed pictures, as metrics ask it. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import type { Values } from "../core/values.ts";
import { scoreBatches } from "../run/batches.ts";
import type { MetricContext } from "../run/metric.ts";
import type { Progress, Target } from "../run/technique.ts";

/** What of the target is measured. */
export type Score = "probability" | "logit";

/** An option for {@link scoreReader}; default: the probability, where there is one. */
export const scoreOption: z.ZodOptional<z.ZodEnum<{ probability: "probability"; logit: "logit" }>> =
  z.enum(["probability", "logit"]).optional().describe(
    "What is measured of the class: its probability or its score; default: the probability, or the " +
      "score where the network has no probabilities",
  );

/** The same, of a metric that compares with sums of the attribution: default the score. */
export const logitOption: z.ZodDefault<
  z.ZodEnum<{ probability: "probability"; logit: "logit" }>
> = z.enum(["probability", "logit"]).default("logit")
  .describe(
    "What is measured of the class: its score, which attributions share out, or its probability",
  );

/** Which score it is for a target. @throws UserError for a probability that there is not. */
export function scoreOf(target: Target, wanted: Score | undefined, outputs: Values): Score {
  const has = target.probabilities(outputs) !== undefined;
  if (wanted === "probability" && !has) {
    throw new UserError(
      `${target.label} has no probability: the network's scores are linear. Use ${
        option("score", "logit")
      }.`,
      { code: "bad-option", option: "score" },
    );
  }
  return wanted ?? (has ? "probability" : "logit");
}

/** What metrics need to ask. */
export type Asked = Pick<MetricContext<unknown>, "model" | "image" | "target" | "signal">;

/** The scores of pictures, and which they are. */
export interface Scores {
  readonly scores: Float64Array;
  readonly score: Score;
}

/**
 * Asks the network for each picture; yields how far it has come.
 *
 * @param variant Fills in a picture, `[height, width, channels]` in the network's space; called in order.
 */
export async function* scoresOf(
  { model, image: { input: { shape: [, height, width, channels] } }, target, signal }: Asked,
  count: number,
  variant: (index: number) => ArrayLike<number>,
  wanted: Score | undefined,
): AsyncGenerator<Progress, Scores> {
  const size = height * width * channels, scores = new Float64Array(count);
  const variants = (from: number, to: number) => {
    const all = new Float32Array((to - from) * size);
    for (let i = from; i < to; i++) all.set(variant(i), (i - from) * size);
    return tf.tensor4d(all, [to - from, height, width, channels]);
  };
  let score: Score | undefined;
  const asked = scoreBatches(model, [height, width], count, variants, signal);
  for await (const { from, to, logits } of asked) {
    score ??= scoreOf(target, wanted, logits);
    const own = score === "logit" ? target.scores(logits) : target.probabilities(logits)!;
    scores.set(own, from);
    yield { step: to, of: count };
  }
  return { scores, score: score ?? "logit" };
}
