/** ROAD: what becomes of the score when pixels are guessed from their neighbours (Rong et al. 2022). */
import { z } from "../deps/zod.ts";
import { meanOf } from "../core/correlation.ts";
import { read } from "../engine/read.ts";
import { unnormalize } from "../image/preprocess.ts";
import { percentile } from "../run/maps.ts";
import type { JudgedStep, Judgement, Metric, MetricContext } from "../run/metric.ts";
import type { Progress } from "../run/technique.ts";
import { type Values, values } from "../core/values.ts";
import { imputed } from "./_impute.ts";
import { type Score, scoreOption, scoresOf } from "./_scores.ts";

/** Which pixels are guessed: the most important ones, or the least. */
export type Removed = "morf" | "lerf";

/** What ROAD takes. */
export const roadOptions: z.ZodObject<{
  percentiles: z.ZodDefault<z.ZodArray<z.ZodNumber>>;
  noise: z.ZodDefault<z.ZodNumber>;
  score: typeof scoreOption;
}> = z.object({
  percentiles: z.array(z.coerce.number<number>().min(0).max(100)).min(1).max(100)
    .default([10, 20, 30, 40, 50, 60, 70, 80, 90])
    .describe(
      "Percentiles of the importance from which on pixels are guessed, as in [20, 50, 80]",
    ),
  noise: z.number().min(0).max(10).default(0).describe(
    "Standard deviation of the noise added to guessed pixels, in the network's space: it hides where " +
      "they are",
  ),
  score: scoreOption,
});

type Options = {
  readonly percentiles: readonly number[];
  readonly noise: number;
  readonly score?: Score;
};

const TITLES: Readonly<Record<Removed, string>> = {
  morf: "most important",
  lerf: "least important",
};

/**
 * Judges by the change of the score, the mean over the percentiles: of both kinds half of what the
 * least important pixels change more than the most important ones.
 */
export const roadOf = (kinds: readonly Removed[]): Metric<Options>["judge"] =>
  async function* (context: MetricContext<Options>): AsyncGenerator<Progress, Judgement> {
    const { model: { preprocess }, image, options, importance, random } = context;
    const percentiles = options.percentiles.toSorted((a, b) => a - b);
    const input = await read(image.input), stream = random.fork("noise");
    const noise = { deviation: options.noise, normal: () => stream.normal() };
    const asked = kinds.flatMap((kind) => percentiles.map((percent) => ({ kind, percent })));
    const made: Values[] = [], steps: JudgedStep[] = [], emptied = new Set<number>();
    for (const { kind, percent } of asked) {
      const order = kind === "morf" ? importance : importance.map((v) => -v);
      const least = percentile(order, percent);
      const picture = imputed(input, (at) => order[at] >= least, noise);
      if (order.every((v) => v >= least)) emptied.add(percent);
      made.push(picture);
      steps.push({
        caption: `${TITLES[kind]} from percentile ${percent}`,
        picture: () => unnormalize(values(picture, input.shape), preprocess),
      });
      yield { step: made.length, of: 2 * asked.length + 1 };
    }
    // the picture itself is asked for with the others, so that rounding is the same
    const pictures = [input, ...made],
      asking = scoresOf(
        context,
        pictures.length,
        (i) => pictures[i],
        options.score,
      );
    let next = await asking.next();
    for (; !next.done; next = await asking.next()) {
      yield { step: made.length + next.value.step, of: 2 * asked.length + 1 };
    }
    const { scores: [own, ...others], score } = next.value;
    const count = percentiles.length;
    const changes = kinds.map((_, k) =>
      others.slice(k * count, (k + 1) * count).map((value) => value - own)
    );
    const curve = kinds.length === 1
      ? changes[0]
      : percentiles.map((_, i) => (changes[1][i] - changes[0][i]) / 2);
    const title = kinds.length === 1 ? `change of the ${score}` : `(LeRF − MoRF) / 2, ${score}`;
    return {
      value: meanOf(curve),
      curve,
      axes: { x: percentiles, titles: ["percentile", title] },
      steps,
      notes: notesOf([...emptied].sort((a, b) => a - b)),
    };
  };

/** What is said of percentiles at which nothing is left to guess from. */
const notesOf = (percentiles: readonly number[]): string[] =>
  percentiles.length === 0 ? [] : [
    `At the percentile${percentiles.length > 1 ? "s" : ""} ${
      percentiles.join(", ")
    } all pixels are ` +
    "guessed, since so many are equally important: nothing of the picture is left.",
  ];

/** Where ROAD comes from. */
export const ROAD_PAPER = {
  citation:
    "Rong, Leemann, Borisov, Kasneci, Kasneci 2022, A Consistent and Efficient Evaluation " +
    "Strategy for Attribution Methods",
  url: "https://arxiv.org/abs/2202.00449",
};
