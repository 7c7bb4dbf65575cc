/** How a run shows itself: as pictures, in a notebook, in a line. */
import { toBase64 } from "../core/hex.ts";
import { displayed } from "../core/display.ts";
import { certainty, score } from "../core/text.ts";
import { pngBundle, shownPicture } from "../image/display.ts";
import { drawFigure, drawProgress, picturesOf } from "./figure.ts";
import { animationOf } from "./animation.ts";
import { modelName } from "./model_name.ts";
import type { AttributionRun, Run, Shown } from "./run.ts";

/** A run without what it does. */
export type Bare<R> = R extends Run ? Omit<R, keyof Shown | "overlay"> : never;

const isAttribution = (run: Run): run is AttributionRun => "map" in run;

/** `Grad-CAM of cat 99.87 %: phosphene-resnet, 64×64, wasm, 0.12 s` */
function lineOf(run: Run): string {
  const { technique: { title }, model, backend, durationMs } = run;
  const { width, height } = isAttribution(run) ? run.seen : run.final;
  const facts = [modelName(model.id), `${width}×${height}`];
  if (!isAttribution(run) && run.losses.length > 0) {
    facts.push(`loss ${score(run.losses.at(-1)!)} after ${run.losses.length} steps`);
  }
  facts.push(backend.name, `${(durationMs / 1000).toFixed(2)} s`);
  if (run.diagnosis.length > 0) {
    facts.push(`${run.diagnosis.length} ${run.diagnosis.length > 1 ? "notes" : "note"}`);
  }
  const subject = isAttribution(run) ? ` of ${run.target.label} ${certainty(run.target)}` : "";
  return `${title}${subject}: ${facts.join(", ")}`;
}

/** The pictures that a run can make of itself. */
function pictured(run: Run): Record<string, () => Promise<unknown>> {
  if (!isAttribution(run)) {
    return {
      picture: async () => await shownPicture(run.final),
      figure: async () => shownPicture(await drawProgress(run)),
    };
  }
  return {
    picture: async () => shownPicture((await picturesOf(run)).map),
    overlay: async () => shownPicture((await picturesOf(run)).overlay),
    figure: async () => shownPicture(await drawFigure(run)),
  };
}

/** Gives a run what shows it; like its notebook's picture, none of that is among its fields. */
export function showing(bare: Bare<Run>): Run {
  const run = bare as Run;
  for (const [name, value] of Object.entries(pictured(run))) {
    Object.defineProperty(run, name, { value });
  }
  return displayed(run, () => lineOf(run), async () => {
    const animation = isAttribution(run) ? undefined : await animationOf(run);
    const shown = animation
      ? { "image/gif": toBase64(animation) }
      : await pngBundle(await run.figure());
    return { ...shown, "text/plain": lineOf(run) };
  });
}
