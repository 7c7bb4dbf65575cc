/** How a run's map was painted, as its manifest tells. */
import type { ManifestResult } from "../run/manifest.ts";

/** Whether zero is in the middle of a map's colours. */
export const isDivergingRun = (
  { colors, diverging = colors === "diverging" }: ManifestResult,
): boolean => diverging;

/** The colours of a map from the lowest to the highest; nothing where the manifest does not tell. */
export const paletteIn = ({ colors, palette }: ManifestResult): readonly string[] | undefined =>
  palette && palette.length > 1 ? palette : colors === "gray" ? ["#000000", "#ffffff"] : undefined;
