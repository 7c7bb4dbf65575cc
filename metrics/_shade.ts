/** A picture in the light of its map: what matters stays, the rest fades to zero. */
import type { Values } from "../core/values.ts";
import { rangeOf } from "../run/maps.ts";
import type { MetricContext } from "../run/metric.ts";

/** The importance as shares, 0..1: of a signed one what speaks for the target, by its largest. */
export function sharesOf(
  { importance, signed }: Pick<MetricContext<unknown>, "importance" | "signed">,
): Float32Array {
  if (!signed) return importance;
  const most = rangeOf(importance)[1];
  return importance.map((v) => most > 0 && v > 0 ? v / most : 0);
}

/** `[H, W, channels]` times a share for each pixel. */
export const shaded = (picture: Values, shares: Float32Array): Float32Array =>
  picture.map((v, i) => v * shares[Math.floor(i / picture.shape[2])]);
