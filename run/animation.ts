/** A visualization in the making, as an animated picture. */
import { encodeGif, type Picture } from "../image/mod.ts";
import type { VisualizationRun } from "./run.ts";

/** Milliseconds between two frames. */
const FRAME_DELAY_MS = 120;

/** What a visualization started from, where that was a picture, and its kept frames. */
export const stagesOf = (
  { start, frames }: Pick<VisualizationRun, "start" | "frames">,
): readonly Picture[] => [...(start ? [start] : []), ...frames.map(({ picture }) => picture)];

/** The stages as an animated GIF; undefined where there is only one. */
export async function animationOf(
  run: Pick<VisualizationRun, "start" | "frames">,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stages = stagesOf(run);
  return stages.length > 1 ? await encodeGif(stages, { delayMs: FRAME_DELAY_MS }) : undefined;
}
