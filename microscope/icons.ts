/** The images of an atlas's squares: how they are made, and the sheet that shows them side by side. */
import { parseOptions } from "../core/options.ts";
import { Receptive } from "../engine/receptive.ts";
import { cut, loadImage, type Picture, resize } from "../image/mod.ts";
import { renderTask } from "../jobs/kinds/render.ts";
import { choiceOf } from "../jobs/kind.ts";
import type { Task } from "../jobs/task.ts";
import type { Model } from "../run/model.ts";
import { techniques } from "../techniques/mod.ts";
import { layerText } from "../visualize/mod.ts";
import type { LayerEntry } from "./data.ts";
import type { MicroscopePlan } from "./plan.ts";

/** The power of the cosine: the larger, the less counts how far an image goes, and the more how straight. */
const POWER = 4;
/** Digits of a direction's numbers: all that an image follows from. */
const DIGITS = 4;
/** Pixels of a side of an image, and of what is shown of it, at least. */
const LEAST_SIDE = 32, LEAST_SHOWN = 16;
/** Pixels from which on half of what the network sees is enough: larger images take much longer. */
const ENOUGH = 64;
/** The share of what a place sees in which lies nearly all that moves it, each way. */
const CORE = 0.75;
/** Pixels of a side of a sheet's squares, at most. */
const MOST_EACH = 112;
/** What lies where a square holds nothing. */
const PAPER = 238;

/** How the images of a layer's squares are made. */
export interface Icon {
  /** Pixels of a side of an image; of what is shown of its middle; of that in a sheet. */
  readonly side: number;
  readonly shown: number;
  readonly each: number;
  /** The place of the layer's map that an image is made for: the one in the middle; of a row of features, none. */
  readonly place?: readonly [row: number, column: number];
}

/**
 * As large as what one place sees, so far as that is not much. The middle is shown: what a place sees
 * at the edge of its receptive field hardly moves it (Luo, Li, Urtasun, Zemel 2016, arXiv:1701.04128).
 */
export function iconOf({ network, inputSize }: Model, layer: LayerEntry): Icon {
  const { width, height } = inputSize,
    whole = Math.min(width, height),
    [rows, columns] = layer.size;
  const icon = (side: number, shown: number, place?: Icon["place"]): Icon => {
    const part = Math.min(side, Math.max(LEAST_SHOWN, shown));
    return { side, shown: part, each: Math.min(part, MOST_EACH), place };
  };
  if (rows * columns === 1) return icon(whole, whole);
  const middle = [Math.floor(rows / 2), Math.floor(columns / 2)] as const;
  const field = new Receptive(network.graph, height, width).field(layer.node, ...middle);
  const seen = Math.max(field.rows[1] - field.rows[0], field.columns[1] - field.columns[0]);
  const shown = Math.round(CORE * seen), most = Math.max(ENOUGH, Math.ceil(whole / 2));
  const side = Math.min(whole, Math.max(LEAST_SIDE, Math.min(seen, most)));
  try {
    const [rows, columns] = network.shapeOf(layer.node, side, side);
    if (rows * columns > 0) {
      return icon(side, shown, [Math.floor(rows / 2), Math.floor(columns / 2)]);
    }
  } catch {
    // a network that takes pictures of its own size alone
  }
  return icon(whole, shown, middle);
}

/**
 * The task of a square's image: what goes in the direction of a mean, and as straight as can be.
 *
 * @param mean of the activations, not all of them 0
 */
export async function iconTask(
  plan: MicroscopePlan,
  layer: LayerEntry,
  { side, place }: Icon,
  { mean, label }: { mean: Float64Array; label: string },
): Promise<Task> {
  const technique = techniques.get("feature-viz"), length = Math.hypot(...mean);
  const vector = [...mean].map((value) => Number((value / length).toPrecision(DIGITS)));
  const where = place ? `, row=${place[0]}, column=${place[1]}` : "";
  const objective = `direction(${layerText(layer.name)}, [${vector}], ${POWER}${where})`;
  const given = { steps: plan.atlas!.steps, objective, size: `${side}x${side}` };
  const options = parseOptions(technique.options, given, technique.id);
  const input = { model: choiceOf(plan.model), technique: technique.id, options, seed: plan.seed };
  return await renderTask(input, label);
}

/** An image that was made, and the square that it is of. */
interface Made {
  readonly row: number;
  readonly column: number;
  readonly path: string;
}

/** The images of a grid's squares, each in its place. */
export async function sheetOf(
  grid: number,
  { shown, each }: Icon,
  made: readonly Made[],
): Promise<Picture> {
  const side = grid * each, data = new Uint8ClampedArray(3 * side * side).fill(PAPER);
  for (const { row, column, path } of made) {
    const image = await loadImage(path), start = Math.floor((image.width - shown) / 2);
    const middle = cut(image, { left: start, top: start, width: shown, height: shown });
    const small = each < shown ? resize(middle, each, each, "bilinear") : middle;
    for (let y = 0; y < each; y++) {
      const line = small.data.subarray(3 * y * each, 3 * (y + 1) * each);
      data.set(line, 3 * ((row * each + y) * side + column * each));
    }
  }
  return { width: side, height: side, data };
}
