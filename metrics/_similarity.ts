/** How alike two attributions are. */
import { z } from "../deps/zod.ts";
import { rankCorrelation } from "../core/rank.ts";
import { ssim } from "../core/ssim.ts";
import { importanceOf } from "../run/importance.ts";
import type { AttributionResult } from "../run/technique.ts";

/** How {@link similarityOf} compares. */
export const similarityOption: z.ZodDefault<z.ZodEnum<{ rank: "rank"; ssim: "ssim" }>> = z.enum([
  "rank",
  "ssim",
]).default("rank").describe(
  "How maps are compared: by the correlation of their pixels' ranks, or by structural similarity, as " +
    "they look to the eye",
);

/** What is compared: where the maps are large, or on which side of zero too. */
export const magnitudeOption: z.ZodDefault<z.ZodBoolean> = z.boolean().default(true).describe(
  "Compare how much each pixel matters, whatever its sign: false counts the sign",
);

/** Numbers between their smallest and largest, as 0..1. */
function scaled(map: Float32Array): Float32Array {
  let low = Infinity, high = -Infinity;
  for (const v of map) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return map.map((v) => high > low ? (v - low) / (high - low) : 0);
}

/** How alike two results of one technique are, 1 for the same order, or the same picture. */
export function similarityOf(
  a: AttributionResult,
  b: AttributionResult,
  { similarity, magnitude }: { readonly similarity: "rank" | "ssim"; readonly magnitude: boolean },
): number {
  const of = (result: AttributionResult) => {
    const { importance } = importanceOf(result);
    return magnitude ? importance.map(Math.abs) : importance;
  };
  const [height, width] = a.map.shape;
  return similarity === "rank"
    ? rankCorrelation(of(a), of(b))
    : ssim(scaled(of(a)), scaled(of(b)), [height, width]);
}
