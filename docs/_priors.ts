/**
 * What the pages say of priors, measured: whether the other network recognizes what one was asked for,
 * with priors and without, and how much of pictures each layer keeps.
 */
import { loadImage, type Picture } from "../image/mod.ts";
import { preprocess } from "../image/preprocess.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import { loadModel } from "../models/mod.ts";
import { predict } from "../run/predict.ts";
import { visualize } from "../techniques/mod.ts";
import { MODEL } from "./_examples.ts";

const root = new URL("../", import.meta.url);

/** Each is asked for its classes, and the other one says what it sees. */
const PAIRS = [["phosphene-resnet", "phosphene-vgg"], [
  "phosphene-vgg",
  "phosphene-resnet",
]] as const;
const ASKED = { steps: 128, size: "64x64", saveEvery: 128 };
/** What is left of feature visualization without its priors. */
const PLAIN = { parameterization: "pixels", transforms: "none" };

/** Layers of `phosphene-resnet`, early to late, and the pictures that are made anew from them. */
export const INVERTED = ["act1", "layer1", "layer2", "layer3", "layer4"] as const;
const PICTURES = ["cat-4", "butterfly-12", "fish-8"];

/** What one network made for a class, and what the other says of it. */
export interface Recognition {
  readonly model: string;
  readonly plain: boolean;
  readonly wanted: string;
  readonly seen: string;
  /** Of what was wanted, 0..1. */
  readonly probability: number;
}

/** What was found. */
export interface Priors {
  readonly recognitions: readonly Recognition[];
  /** Layer → the image's relative error, mean of the pictures: ‖x − x₀‖ / ‖x₀ − its mean‖. */
  readonly inversion: Readonly<Record<string, number>>;
}

const rounded = (n: number) => Math.round(n * 1000) / 1000;

async function recognized(): Promise<(Recognition & { picture: Picture })[]> {
  const found: (Recognition & { picture: Picture })[] = [];
  for (const [id, other] of PAIRS) {
    const model = await loadModel(id), judge = await loadModel(other);
    for (const plain of [false, true]) {
      for (const [index, wanted] of model.labels.entries()) {
        const { final: picture } = await visualize("feature-viz", {
          model,
          options: { objective: `logit(#${index})`, ...ASKED, ...(plain ? PLAIN : {}) },
        });
        const said = await predict(judge, picture);
        const probability = said.find(({ label }) => label === wanted)!.probability!;
        found.push({
          model: id,
          plain,
          wanted,
          seen: said[0].label,
          probability: rounded(probability),
          picture,
        });
      }
    }
    model.network.dispose();
    judge.network.dispose();
  }
  return found;
}

let made: ReturnType<typeof recognized> | undefined;
/** Made once, for the numbers and for the picture. */
const recognitions = () => made ??= recognized();

async function inversion(): Promise<Record<string, number>> {
  const model = await loadModel(MODEL), errors: Record<string, number> = {};
  for (const layer of INVERTED) {
    let sum = 0;
    for (const name of PICTURES) {
      const image = await loadImage(new URL(`examples/images/${name}.png`, root));
      const { image: found } = await visualize("feature-inversion", {
        model,
        image,
        options: { layer, saveEvery: 100_000 },
      });
      const { input } = preprocess(image, model.preprocess);
      const mean = input.reduce((a, b) => a + b) / input.length;
      const square = (of: (n: number, i: number) => number) =>
        input.reduce((total, n, i) => total + of(n, i) ** 2, 0);
      sum += Math.sqrt(square((n, i) => n - found[i]) / square((n) => n - mean));
    }
    errors[layer] = rounded(sum / PICTURES.length);
  }
  model.network.dispose();
  return errors;
}

/** Measures it; that takes minutes. */
export async function measurePriors(): Promise<Priors> {
  const all = await recognitions();
  return {
    recognitions: all.map(({ picture: _, ...recognition }) => recognition),
    inversion: await inversion(),
  };
}

/** What both networks were asked for, ten in a row, and the first ten of each without priors. */
export async function priorsSheet(): Promise<Picture> {
  const all = await recognitions(), rows: Cell[][] = [];
  for (const plain of [false, true]) {
    for (const [id] of PAIRS) {
      const cells = all.filter(({ model, plain: own }) => model === id && own === plain)
        .map(({ picture, wanted, seen }): Cell => ({
          picture,
          title: wanted,
          caption: `${plain ? "pixels" : "priors"}\nseen: ${seen}`,
        }));
      rows.push(cells.slice(0, 10), ...(plain ? [] : [cells.slice(10)]));
    }
  }
  return await contactSheet(rows);
}
