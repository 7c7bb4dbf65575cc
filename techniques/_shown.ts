/** From raw values to a result with a map. */
import { signedMap } from "../run/maps.ts";
import type { AttributionResult } from "../run/technique.ts";
import type { Values } from "../core/values.ts";

/**
 * The result of an attribution whose sign tells for or against the class: its sum over the channels,
 * in diverging colours around zero.
 *
 * @param attribution `[height, width, channels]` or `[height, width]`
 * @param options `clip`, the percentile of the sums' magnitudes that gets the full colour, and
 * `overlay`, the share of the map over the picture, 0..1: both are in `signedOptions`.
 */
export function signedResult(
  attribution: Values,
  { clip, overlay }: { readonly clip: number; readonly overlay: number },
  { figures, diagnosis }: Pick<AttributionResult, "figures" | "diagnosis"> = {},
): AttributionResult {
  return {
    attribution,
    ...signedMap(attribution, clip),
    colors: "diverging",
    overlay,
    diagnosis,
    figures,
  };
}
