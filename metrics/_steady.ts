/** Attributions of pictures that are all but the same. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { normOf } from "../core/correlation.ts";
import { read } from "../engine/read.ts";
import type { Judgement, Metric, MetricContext } from "../run/metric.ts";
import type { AttributionResult } from "../run/technique.ts";

/** What these metrics take. */
export const steadyOptions: z.ZodObject<{
  samples: z.ZodDefault<z.ZodInt>;
  radius: z.ZodDefault<z.ZodNumber>;
  magnitude: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  samples: z.int().min(1).max(10_000).default(10).describe("Number of disturbed pictures"),
  radius: z.number().gt(0).max(100).default(0.02)
    .describe("Each number is moved by up to so much, in the network's normalized space"),
  magnitude: z.boolean().default(false)
    .describe("Compare how much each number matters, whatever its sign: false counts the sign"),
});

type Options = { readonly samples: number; readonly radius: number; readonly magnitude: boolean };

/** What is known of one disturbed picture. */
export interface Disturbed {
  /** ‖Φ(x + n) − Φ(x)‖ */
  readonly change: number;
  /** ‖Φ(x)‖ */
  readonly own: number;
  /** ‖n‖ */
  readonly distance: number;
}

/** Judges by explaining disturbed pictures as the run explained its own. */
export const bySteadiness = (
  sum: (all: readonly Disturbed[]) => number,
): Metric<Options>["judge"] =>
  async function* ({ image, options, random, again }: MetricContext<Options>) {
    const { samples, radius, magnitude } = options;
    const of = ({ attribution }: AttributionResult) =>
      magnitude ? attribution.map(Math.abs) : attribution;
    const input = await read(image.input), stream = random.fork("noise");
    const own = of(await again()), all: Disturbed[] = [];
    for (let i = 0; i < samples; i++) {
      const noise = stream.uniformValues(input.shape, -radius, radius);
      const moved = tf.tensor4d(input.map((v, i) => v + noise[i]), image.input.shape);
      const other = of(await again({ input: moved }));
      moved.dispose();
      all.push({
        change: normOf(other.map((v, i) => v - own[i])),
        own: normOf(own),
        distance: normOf(noise),
      });
      yield { step: i + 1, of: samples };
    }
    const judgement: Judgement = {
      value: sum(all),
      notes: normOf(own) === 0
        ? ["The attribution is zero everywhere: nothing of it can move."]
        : [],
    };
    return judgement;
  };

/** Relative changes; of an attribution of zeros, how far it moves from there. */
export const relative = ({ change, own }: Disturbed): number => own > 0 ? change / own : change;

/** Where sensitivity comes from. */
export const SENSITIVITY_PAPER = {
  citation: "Yeh, Hsieh, Suggala, Inouye, Ravikumar 2019, On the (In)fidelity and Sensitivity of " +
    "Explanations",
  url: "https://arxiv.org/abs/1901.09392",
};
