/** A visualization in the making, as an animated picture. */
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
 * The stages as an animated WebP, pixel by pixel what they are; undefined where there is only one,
 * or a side is longer than the format allows.
 */
export async function exactAnimationOf(
  run: Pick<VisualizationRun, "start" | "frames">,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stages = stagesOf(run);
  return stages.length > 1 && fitsWebp(stages[0])
    ? await encodeWebp(stages, { delayMs: FRAME_DELAY_MS, lossless: true })
    : undefined;
}

const fitsWebp = ({ width, height }: Picture) => Math.max(width, height) <= MAX_WEBP_SIDE;
