/** A run as one picture: of an attribution what the network saw, the map, and the map over it. */
import type { Picture } from "../image/mod.ts";
import { overlay, paint } from "../image/render.ts";
import { modelName } from "./model_name.ts";
import type { AttributionRun, VisualizationRun } from "./run.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import type { Prediction } from "./technique.ts";
import { optionByRole } from "../core/options.ts";
import { certainty, percent } from "../core/text.ts";

/** The pictures of an attribution, all of the input's size. */
export interface AttributionPictures {
  /** What the network saw. */
  readonly input: Picture;
  /** The map in its colours. */
  readonly map: Picture;
  /** The map over what the network saw. */
  readonly overlay: Picture;
}

/** Paints an attribution's map, alone and over what the network saw. */
export async function picturesOf(run: AttributionRun): Promise<AttributionPictures> {
  const { seen, map, colors } = run, painted = await paint(map, colors);
  const over = overlay(seen, painted, { map, colors, strength: run.strength });
  return { input: seen, map: painted, overlay: over };
}

/** `cat 99.87 %`, or `cat score 2.310` */
export const named = (prediction: Prediction): string =>
  `${prediction.label} ${certainty(prediction)}`;

/** The colour bar of an attribution's map, where its numbers have a scale. */
export const barOf = ({ colors, scale }: AttributionRun): Cell["bar"] => scale && { colors, scale };

/** The name of the file that was explained, where it was one. */
const nameOf = ({ source }: AttributionRun) => source && "name" in source ? source.name : undefined;

/**
 * Draws input, map with its colour bar, and overlay side by side, under the technique and the class
 * with its probability.
 *
 * @param pictures The run's, where they are painted already.
 * @example
 * ```ts
 * const run = await attribute("grad-cam", { model, image });
 * await Deno.writeFile("figure.png", await encodePng(await drawFigure(run)));
 * ```
 */
export async function drawFigure(
  run: AttributionRun,
  pictures?: AttributionPictures,
): Promise<Picture> {
  const { input, map, overlay } = pictures ?? await picturesOf(run);
  return await contactSheet(
    [[
      { picture: input, title: "What the network saw", caption: nameOf(run) },
      { picture: map, title: "Map", caption: modelName(run.model.id), bar: barOf(run) },
      { picture: overlay, title: "Overlay", caption: `${percent(run.strength, 0)} map` },
    ]],
    `${run.technique.title} · ${named(run.target)}`,
  );
}

/** The option of a role in words: `layer layer4`. */
const optionIn = ({ technique, options }: VisualizationRun, role: "layer" | "channel") => {
  const value = optionByRole(technique.options, { ...options }, role);
  return value === undefined ? [] : [`${role} ${value}`];
};

/** Draws what a visualization started from, where that was a picture, and what it came to. */
export async function drawProgress(run: VisualizationRun): Promise<Picture> {
  const { technique: { title }, start, final, losses, model } = run;
  const after = `After ${losses.length} ${losses.length === 1 ? "step" : "steps"}`;
  return await contactSheet(
    [[
      ...(start ? [{ picture: start, title: "Start", caption: modelName(model.id) }] : []),
      { picture: final, title: after, caption: start ? undefined : modelName(model.id) },
    ]],
    [title, ...optionIn(run, "layer"), ...optionIn(run, "channel")].join(" · "),
  );
}
