/** A visualization in the making, as an animated picture. */
import { UserError } from "../core/errors.ts";
import { encodeGif, encodeWebp, MAX_WEBP_SIDE, type Picture } from "../image/mod.ts";
import type { VisualizationRun } from "./run.ts";

/** Milliseconds between two frames. */
const FRAME_DELAY_MS = 120;

/** What a visualization started from, where that was a picture, and its kept frames. */
export const stagesOf = (
  { start, frames }: Pick<VisualizationRun, "start" | "frames">,
): readonly Picture[] => [...(start ? [start] : []), ...frames.map(({ picture }) => picture)];

/** The stages as an animated GIF, which shows everywhere; undefined where there is only one. */
export async function animationOf(
  run: Pick<VisualizationRun, "start" | "frames">,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stages = stagesOf(run);
  return stages.length > 1 ? await encodeGif(stages, { delayMs: FRAME_DELAY_MS }) : undefined;
}

/**
 * The stages as an animated WebP, pixel by pixel what they are; undefined where there is only one, a
 * side is longer than the format allows, or the encoder's file may not be read: no run is lost by that.
 */
export async function exactAnimationOf(
  run: Pick<VisualizationRun, "start" | "frames">,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stages = stagesOf(run);
  if (stages.length < 2 || !fitsWebp(stages[0])) return undefined;
  try {
    return await encodeWebp(stages, { delayMs: FRAME_DELAY_MS, lossless: true });
  } catch (error) {
    if (error instanceof UserError && error.code === "no-file") return undefined;
    throw error;
  }
}

const fitsWebp = ({ width, height }: Picture) => Math.max(width, height) <= MAX_WEBP_SIDE;
