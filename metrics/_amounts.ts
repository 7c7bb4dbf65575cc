/** How much each pixel has of the attribution, for metrics that ask how it is spread. */
import { z } from "../deps/zod.ts";
import type { Values } from "../core/values.ts";
import { upsample } from "../image/upsample.ts";
import { maxMagnitude } from "../run/maps.ts";
import type { MetricContext } from "../run/metric.ts";

/** An option for {@link amountsOf}. */
export const rawOption: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false).describe(
  "Of an attribution without a sign, such as a CAM, take its own numbers, as other programs do: " +
    "false takes the map of 0..1, in which its smallest number is zero",
);

/**
 * `[height, width]` of the input: of a signed attribution the sum over a pixel's channels; of another the
 * map of 0..1, or, `raw`, its own numbers, the largest magnitude over a pixel's channels.
 */
export function amountsOf(
  { attribution, importance, signed }: Pick<
    MetricContext<unknown>,
    "attribution" | "importance" | "signed"
  >,
  { raw }: { readonly raw: boolean },
): Values {
  if (signed || !raw) return importance;
  const [height, width] = importance.shape;
  const own = attribution.shape.length === 2 ? attribution : maxMagnitude(attribution);
  return `${own.shape}` === `${importance.shape}` ? own : upsample(own, height, width);
}
