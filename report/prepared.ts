/** Whether the network would rather have its pictures prepared in another way. */
import { meanOf } from "../core/correlation.ts";
import { loadImage } from "../image/mod.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Model } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import { predict } from "../run/predict.ts";
import type { Prepared } from "./data.ts";

/** So many pictures tell. */
const MOST = 40;

/** A picture's file, and its class, where that is known. */
export interface Known {
  readonly path: string;
  readonly class?: string;
}

/** The ways in which pictures are often prepared, where they differ from the model's own. */
export function alternatives(own: Preprocess): { how: string; preprocess: Preprocess }[] {
  const zero = own.mean.map(() => 0), one = own.std.map(() => 1), half = own.mean.map(() => 0.5);
  const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], range: 1 as const };
  const colours = own.channelOrder === "rgb"
    ? "bgr"
    : own.channelOrder === "bgr"
    ? "rgb"
    : undefined;
  const all: { how: string; preprocess: Preprocess }[] = [
    { how: "levels of 0 to 1", preprocess: { ...own, mean: zero, std: one, range: 1 } },
    { how: "levels of 0 to 255", preprocess: { ...own, mean: zero, std: one, range: 255 } },
    { how: "levels of −1 to 1", preprocess: { ...own, mean: half, std: half, range: 1 } },
    ...(own.mean.length === 3
      ? [{ how: "ImageNet's mean and deviation", preprocess: { ...own, ...imagenet } }]
      : []),
    ...(colours
      ? [{
        how: `colours in the order ${colours === "bgr" ? "blue, green, red" : "red, green, blue"}`,
        preprocess: { ...own, channelOrder: colours } as Preprocess,
      }]
      : []),
  ];
  const same = ({ preprocess: { mean, std, range, channelOrder } }: typeof all[number]) => {
    const scale = (r: number) => 255 / r;
    return channelOrder === own.channelOrder &&
      mean.every((m, i) =>
        Math.abs(m * scale(range) - own.mean[i] * scale(own.range)) < 0.5 &&
        Math.abs(std[i] * scale(range) - own.std[i] * scale(own.range)) < 0.5
      );
  };
  return all.filter((other) => !same(other));
}

/** What the network says of some of the pictures, prepared as the model has it and otherwise. */
export async function preparations(
  model: Model,
  pictures: readonly Known[],
  { signal, onProgress }: {
    readonly signal: AbortSignal;
    readonly onProgress: (step: number, of: number) => void;
  },
): Promise<readonly Prepared[]> {
  const { scores, places } = outputsOf(model);
  if (scores === "linear" || places.length > 0) return [];
  // evenly from the whole list: folders may be in the order of their classes
  const every = Math.max(1, pictures.length / MOST);
  const some = Array.from(
    { length: Math.min(MOST, pictures.length) },
    (_, i) => pictures[Math.floor(i * every)],
  );
  const ways = [
    { how: "as the model says", preprocess: model.preprocess },
    ...alternatives(model.preprocess),
  ];
  const found = ways.map(() => ({ right: [] as number[], confidence: [] as number[] }));
  const known = some.every(({ class: own }) => own !== undefined);
  for (const [n, { path, class: own }] of some.entries()) {
    const image = await loadImage(path);
    for (const [i, { preprocess }] of ways.entries()) {
      const [best] = await predict({ ...model, preprocess }, image, { signal });
      found[i].right.push(best.label === own ? 1 : 0);
      found[i].confidence.push(best.probability ?? 0);
    }
    onProgress(n + 1, some.length);
  }
  return ways.map(({ how }, i) => ({
    how,
    ...(known && { accuracy: meanOf(found[i].right) }),
    confidence: meanOf(found[i].confidence),
  }));
}

/**
 * Whether another way is much better: by accuracy. Where that is not known, none is: larger numbers make any
 * network more certain, right or wrong.
 */
export const fitsBetter = (own: Prepared, other: Prepared): boolean =>
  own.accuracy !== undefined && other.accuracy !== undefined &&
  other.accuracy - own.accuracy > 0.15;
