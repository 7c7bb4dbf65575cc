/**
 * What the pages that explain say of maps, measured: on the sample pictures and `phosphene-resnet`, so
 * that anyone can measure it again with `deno task docs`.
 */
import { rankCorrelation } from "../core/rank.ts";
import { random } from "../core/random.ts";
import { type Values, values } from "../core/values.ts";
import { loadImage, type Picture, type SourcePicture } from "../image/mod.ts";
import { type Cell, contactSheet } from "../image/sheet.ts";
import { shuffled as shuffledIn } from "../metrics/_shuffled.ts";
import { loadModel } from "../models/mod.ts";
import type { AttributionRun } from "../run/execute.ts";
import { picturesOf } from "../run/figure.ts";
import type { Model } from "../run/model.ts";
import { predict } from "../run/predict.ts";
import { attribute } from "../techniques/mod.ts";
import { MODEL } from "./_examples.ts";
import { measurePriors, type Priors } from "./_priors.ts";

const root = new URL("../", import.meta.url);

export const PICTURES = [
  "butterfly-12",
  "cat-4",
  "fish-8",
  "flower-30",
  "mushroom-21",
  "snail-3",
] as const;

/** Compared with each other, and under random weights. */
export const COMPARED = [
  "saliency",
  "input-x-gradient",
  "integrated-gradients",
  "smooth-grad",
  "guided-backprop",
  "deconvnet",
  "grad-cam",
  "layer-cam",
  "lrp",
  "occlusion",
] as const;

/** Those of them that take one pass: what is tried under many random weights. */
export const RANDOMIZED = [
  "saliency",
  "input-x-gradient",
  "guided-backprop",
  "deconvnet",
  "grad-cam",
  "layer-cam",
  "lrp",
] as const;

/** Parts of the network whose weights are shuffled, from the last layer on; each stage adds one. */
export const STAGES = ["fc", "layer4", "layer3", "layer2", "layer1", "conv1"] as const;
const SEEDS = [1, 2];

/** What integrated gradients start from, and what occlusion fills with. */
export const BASELINES = ["zero", "black", "white", "mean", "blur"] as const;

/** What was found. */
export interface Measured {
  /** Technique → rank correlation with the trained network's attribution after each of `STAGES`. */
  readonly randomized: Readonly<Record<string, readonly number[]>>;
  /** Technique → share of its attribution's magnitude on the subject; `area`: the subject's share. */
  readonly onSubject: Readonly<Record<string, number>>;
  /** Rank correlation of each of `COMPARED` with each. */
  readonly agreement: readonly (readonly number[])[];
  /** Picture → what was to be shared out, and what was, by two techniques. */
  readonly completeness: Readonly<
    Record<string, { difference: number; inputTimesGradient: number; integrated: number }>
  >;
  /** Mean rank correlation of a technique's attributions for two of `BASELINES`. */
  readonly baselines: Readonly<Record<string, number>>;
  /** What the network says of pictures without anything in them. */
  readonly empty: Readonly<Record<string, { label: string; probability: number }>>;
  /** Of `cat-4`: the two likeliest classes, and how alike the maps of both and of their difference are. */
  readonly targets: {
    readonly first: { label: string; logit: number; probability: number };
    readonly second: { label: string; logit: number; probability: number };
    readonly alike: Readonly<Record<string, { firstSecond: number; firstDifference: number }>>;
  };
  /** Of visualizations. */
  readonly priors: Priors;
}

/** How much an attribution says of each place, whatever its sign; at its own size. */
function magnitude({ attribution }: AttributionRun): Values {
  const { shape } = attribution, [height, width, channels = 1] = shape;
  const sums = new Float32Array(height * width);
  attribution.forEach((v, i) => sums[Math.floor(i / channels)] += Math.abs(v));
  return values(sums, [height, width]);
}

/** The same at the picture's size: each value fills its square. */
function atSize(map: Values, height: number, width: number): Values {
  const [h, w] = map.shape;
  const large = Float32Array.from({ length: height * width }, (_, i) => {
    const y = Math.floor(i / width), x = i % width;
    return map[Math.floor(y * h / height) * w + Math.floor(x * w / width)];
  });
  return values(large, [height, width]);
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));

/** A model whose parts have their weights, but in a random order: as many, as large, of no use. */
function shuffled(model: Model, parts: readonly string[], seed: number): Model {
  const parameters = [...model.network.parameters.host.keys()].filter((name) =>
    parts.some((part) => name.startsWith(`${part}.`) || name.startsWith("bn1.") && part === "conv1")
  );
  return shuffledIn(model, [{ name: parts.join(), parameters }], random(seed));
}

/** One level everywhere, or noise. */
function empty(kind: string): Picture {
  const side = 64, data = new Uint8ClampedArray(side * side * 3), stream = random(0);
  const levels: Readonly<Record<string, number>> = { black: 0, gray: 128, white: 255 };
  return {
    width: side,
    height: side,
    data: data.map(() => levels[kind] ?? stream.integer(0, 255)),
  };
}

/** Keeps three digits behind the point. */
const rounded = (n: number) => Math.round(n * 1000) / 1000;

/** Measures all of it. */
export async function measure(): Promise<Measured> {
  const model = await loadModel(MODEL);
  const images = new Map<string, SourcePicture>(), masks = new Map<string, SourcePicture>();
  for (const name of PICTURES) {
    images.set(name, await loadImage(new URL(`examples/images/${name}.png`, root)));
    masks.set(name, await loadImage(new URL(`examples/images/${name}.mask.png`, root)));
  }
  const trained = new Map<string, AttributionRun>();
  for (const id of COMPARED) {
    for (const name of PICTURES) {
      trained.set(`${id} ${name}`, await attribute(id, { model, image: images.get(name)! }));
    }
  }
  const of = (id: string, name: string) => trained.get(`${id} ${name}`)!;

  const randomized: Record<string, number[]> = Object.fromEntries(RANDOMIZED.map((id) => [id, []]));
  for (let stage = 1; stage <= STAGES.length; stage++) {
    const found: Record<string, number[]> = Object.fromEntries(RANDOMIZED.map((id) => [id, []]));
    for (const seed of SEEDS) {
      const random = shuffled(model, STAGES.slice(0, stage), seed);
      for (const id of RANDOMIZED) {
        for (const name of PICTURES) {
          const before = of(id, name);
          const after = await attribute(id, {
            model: random,
            image: images.get(name)!,
            options: { class: before.target.index },
          });
          found[id].push(rankCorrelation(magnitude(before), magnitude(after)));
        }
      }
      random.network.dispose();
    }
    for (const id of RANDOMIZED) randomized[id].push(rounded(mean(found[id])));
  }

  const onSubject: Record<string, number> = {};
  const areas = PICTURES.map((name) => {
    const { data } = masks.get(name)!;
    return data.filter((_, i) => i % 3 === 0 && data[i] > 127).length / (data.length / 3);
  });
  onSubject.area = rounded(mean(areas));
  for (const id of COMPARED) {
    onSubject[id] = rounded(mean(PICTURES.map((name) => {
      const { width, height, data } = masks.get(name)!;
      const map = atSize(magnitude(of(id, name)), height, width);
      const on = map.reduce((sum, v, i) => data[3 * i] > 127 ? sum + v : sum, 0);
      return on / map.reduce((sum, v) => sum + v, 0);
    })));
  }

  const large = (id: string, name: string) => {
    const { width, height } = images.get(name)!;
    return atSize(magnitude(of(id, name)), height, width);
  };
  const agreement = COMPARED.map((a) =>
    COMPARED.map((b) =>
      rounded(mean(PICTURES.map((name) => rankCorrelation(large(a, name), large(b, name)))))
    )
  );

  const completeness: Measured["completeness"] = Object.fromEntries(
    PICTURES.map((name) => {
      const sum = (id: string) => of(id, name).attribution.reduce((a, b) => a + b, 0);
      const change = of("integrated-gradients", name).figures!.scoreChange as number;
      return [name, {
        difference: rounded(change),
        inputTimesGradient: rounded(sum("input-x-gradient")),
        integrated: rounded(sum("integrated-gradients")),
      }];
    }),
  );

  const baselines: Record<string, number> = {};
  for (
    const [id, option] of [["integrated-gradients", "baseline"], ["occlusion", "fill"]] as const
  ) {
    const alike: number[] = [];
    for (const name of PICTURES) {
      const maps: Values[] = [];
      for (const baseline of BASELINES) {
        maps.push(magnitude(
          await attribute(id, { model, image: images.get(name)!, options: { [option]: baseline } }),
        ));
      }
      alike.push(...pairs(maps).map(([a, b]) => rankCorrelation(a, b)));
    }
    baselines[id] = rounded(mean(alike));
  }

  const nothing: Record<string, { label: string; probability: number }> = {};
  for (const kind of ["black", "gray", "white", "noise"]) {
    const [{ label, probability }] = await predict(model, empty(kind));
    nothing[kind] = { label, probability: rounded(probability!) };
  }

  const cat = images.get("cat-4")!, [first, second] = await predict(model, cat);
  const alike: Record<string, { firstSecond: number; firstDifference: number }> = {};
  for (const id of ["saliency", "grad-cam", "lrp", "occlusion"]) {
    const run = async (target: Parameters<typeof attribute>[1]["target"]) =>
      magnitude(await attribute(id, { model, image: cat, target }));
    const one = await run(first.index), other = await run(second.index);
    const difference = await run([{ class: first.index }, { class: second.index, weight: -1 }]);
    alike[id] = {
      firstSecond: rounded(rankCorrelation(one, other)),
      firstDifference: rounded(rankCorrelation(one, difference)),
    };
  }
  const told = ({ label, logit, probability }: typeof first) => ({
    label,
    logit: rounded(logit),
    probability: probability!,
  });
  return {
    randomized,
    onSubject,
    agreement,
    completeness,
    baselines,
    empty: nothing,
    targets: { first: told(first), second: told(second), alike },
    priors: await measurePriors(),
  };
}

/** Three techniques under more and more random weights, as a picture. */
export async function randomizedSheet(): Promise<Picture> {
  const model = await loadModel(MODEL);
  const image = await loadImage(new URL("examples/images/cat-4.png", root));
  const rows: Cell[][] = [];
  for (const id of ["guided-backprop", "saliency", "grad-cam"]) {
    const before = await attribute(id, { model, image });
    const row: Cell[] = [{
      picture: (await picturesOf(before)).map,
      title: before.technique.short ?? before.technique.title,
      caption: "trained weights",
    }];
    for (const stage of [1, 2, 4, STAGES.length]) {
      const random = shuffled(model, STAGES.slice(0, stage), SEEDS[0]);
      const run = await attribute(id, {
        model: random,
        image,
        options: { class: before.target.index },
      });
      random.network.dispose();
      const alike = rankCorrelation(magnitude(before), magnitude(run));
      row.push({
        picture: (await picturesOf(run)).map,
        title: stage === STAGES.length
          ? "all shuffled"
          : stage === 1
          ? "fc shuffled"
          : `and ${STAGES[stage - 1]}`,
        caption: `rank correlation ${alike.toFixed(2)}`,
      });
    }
    rows.push(row);
  }
  return await contactSheet(rows);
}
