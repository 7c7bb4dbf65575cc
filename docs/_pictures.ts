/** The pictures: what each technique makes of the sample pictures and the built-in networks. */
import { fieldOfRole } from "../core/options.ts";
import { barOf, drawFigure, picturesOf } from "../run/figure.ts";
import { decodeImage, encodePng, loadImage, type Picture } from "../image/mod.ts";
import type { Model } from "../run/model.ts";
import type { AttributionRun } from "../run/execute.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import type { Technique, VisualizationTechnique } from "../run/technique.ts";
import { useBackend } from "../engine/runtime.ts";
import { loadModel } from "../models/mod.ts";
import { attribute, featureViz, techniques, visualize } from "../techniques/mod.ts";
import { FEATURED, MODEL, PICTURE, type Shown, shownOf, shownOptions } from "./_examples.ts";
import { randomizedSheet } from "./_experiments.ts";
import { priorsSheet } from "./_priors.ts";
import { left } from "./_scripts.ts";
import { smallPng } from "./_small.ts";

const root = new URL("../", import.meta.url);

/** Dreams are noise to a PNG: these are enough for their looks. */
const DREAM_COLORS = 96;
/** Sheets of examples have maps in two colour scales. */
const SHEET_COLORS = 160;

/** On the README's first sheet. */
const ATTRIBUTIONS = [
  "saliency",
  "integrated-gradients",
  "smooth-grad",
  "guided-backprop",
  "grad-cam",
  "layer-cam",
  "score-cam",
  "guided-grad-cam",
  "occlusion",
  "rise",
  "lrp",
];

/** Networks are loaded once. */
const loaded = new Map<string, Promise<Model>>();
function modelOf(id: string): Promise<Model> {
  if (!loaded.has(id)) loaded.set(id, loadModel(id));
  return loaded.get(id)!;
}

/** Every picture by its path in `docs/`, as a PNG file. */
export async function* pictures(): AsyncGenerator<[path: string, bytes: Uint8Array]> {
  await useBackend("wasm"); // the same bytes on every machine
  const image = await loadImage(new URL(PICTURE, root));
  const attributions: AttributionRun[] = [], dreams: Cell[][] = [];
  for (const technique of techniques) {
    const path = `images/${technique.id}.png`;
    if (technique.kind === "attribution") {
      const model = await modelOf(MODEL), options = shownOptions(technique);
      const run = await attribute(technique, { model, image, options });
      attributions.push(run);
      yield [path, await encodePng(await drawFigure(run))];
    } else {
      const cells = await dreamCells(technique);
      if (fieldOfRole(technique.options, "channel")) dreams.unshift(cells);
      if (technique === featureViz as Technique) {
        const sheet = await contactSheet([await dreamCells(technique, FEATURED), cells]);
        yield ["images/readme-features.png", smallPng(sheet, DREAM_COLORS)];
      }
      yield [path, smallPng(await contactSheet([cells]), DREAM_COLORS)];
    }
  }
  yield ["images/readme-attributions.png", await encodePng(await attributionsSheet(attributions))];
  yield ["images/randomized.png", smallPng(await randomizedSheet(), DREAM_COLORS)];
  yield ["images/priors.png", smallPng(await priorsSheet(), DREAM_COLORS)];
  yield ["images/visualizations.png", smallPng(await contactSheet(dreams), DREAM_COLORS)];
  for await (const [name, bytes] of left()) {
    const small = name.endsWith(".png") ? smallPng(await decodeImage(bytes), SHEET_COLORS) : bytes;
    yield [`images/examples/${name}`, small];
  }
}

/** What a visualization makes of what is shown of it. */
async function dreamCells(
  technique: VisualizationTechnique,
  all: readonly Shown[] = shownOf(technique as Technique),
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const { title = technique.title, model, options, picture, caption } of all) {
    const run = await visualize(technique as Technique, {
      model: await modelOf(model),
      image: picture === undefined ? undefined : await loadImage(new URL(picture, root)),
      options,
    });
    cells.push({ picture: run.final, title, caption });
  }
  return cells;
}

/** The input and the chosen maps, in two rows. */
async function attributionsSheet(runs: readonly AttributionRun[]): Promise<Picture> {
  const cells: Cell[] = [{ picture: runs[0].seen, title: "What the network saw" }];
  for (const id of ATTRIBUTIONS) {
    const run = runs.find(({ technique }) => technique.id === id);
    if (!run) continue;
    const { map } = await picturesOf(run);
    cells.push({
      picture: map,
      title: run.technique.short ?? run.technique.title,
      bar: barOf(run),
    });
  }
  const half = Math.ceil(cells.length / 2);
  return await contactSheet([cells.slice(0, half), cells.slice(half)]);
}
