/** From raw values to a result with a map. */
import { signedMap } from "../run/maps.ts";
import type { AttributionResult } from "../run/technique.ts";
import type { Values } from "../core/values.ts";

interface Further {
  readonly figures?: AttributionResult["figures"];
  readonly diagnosis?: readonly string[];
}

/**
 * The result of an attribution whose sign tells for or against the class: its sum over the channels,
 * in diverging colours around zero.
 */
export function signedResult(
  attribution: Values,
  { clip, overlay }: { readonly clip: number; readonly overlay: number },
  { figures, diagnosis }: Further = {},
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
