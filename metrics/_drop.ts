/** The target's score for a picture, and for the picture times its map. */
import { z } from "../deps/zod.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { unnormalize } from "../image/preprocess.ts";
import type { Judgement, Metric, MetricContext } from "../run/metric.ts";
import { shaded, sharesOf } from "./_shade.ts";
import { type Score, scoreOption, scoresOf } from "./_scores.ts";

/** What these metrics take. */
export const dropOptions: z.ZodObject<{ score: typeof scoreOption }> = z.object({
  score: scoreOption,
});

/** Where they come from. */
export const DROP_PAPER = {
  citation: "Chattopadhyay, Sarkar, Howlader, Balasubramanian 2018, Grad-CAM++",
  url: "https://arxiv.org/abs/1710.11063",
};

/** What the two scores say. */
export type Drop = Pick<Judgement, "value" | "notes">;

/** Judges by the scores of the picture and of its important part. */
export const byImportantPart = <Options extends { readonly score?: Score }>(
  drop: (whole: number, part: number, options: Options) => Drop,
): Metric<Options>["judge"] =>
  async function* (context: MetricContext<Options>) {
    const { image, model: { preprocess }, options } = context;
    const input = await read(image.input), part = shaded(input, sharesOf(context));
    const pictures = [input, part];
    const { scores: [whole, left] } = yield* scoresOf(
      context,
      2,
      (i) => pictures[i],
      options.score,
    );
    const judgement: Judgement = {
      ...drop(whole, left, options),
      steps: [{
        caption: "the picture times its map",
        picture: () => unnormalize(values(part, input.shape), preprocess),
      }],
    };
    return judgement;
  };
