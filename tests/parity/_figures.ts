/**
 * What peers' own code makes of networks that are the same there and here, as a few figures of each
 * attribution: these stand in lists, each with the peer's call.
 */
import assert from "node:assert/strict";
import { attribute, loadImage, loadModel, type Model, type Picture } from "../../mod.ts";
import { shared } from "../_support/reference.ts";
import { tangled } from "../techniques/_slow.ts";

/** An attribution of a peer, `[height, width, channels]` or `[height, width]`, in figures. */
export interface Figures {
  /** The call in the peer's words. */
  readonly from: string;
  readonly technique: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Default: the subject's. */
  readonly target?: number;
  /** The sum of all numbers, and that of their sizes. */
  readonly sum: number;
  readonly size: number;
  /** Eight of the numbers, from the first on, an eighth of them apart. */
  readonly eight: readonly number[];
  /** Tolerance, as a share, where one of a network's ReLUs lies so near zero that rounding decides. */
  readonly within?: number;
}

/** A network, what it is shown, and the class that is explained. */
export interface Subject {
  readonly model: Model;
  readonly image: Picture;
  readonly target: number;
}

/** The branched network of synthetic weights that `tests/techniques/_slow.ts` describes, class 2. */
export function branches(): Subject {
  const { model, image } = tangled();
  return { model, image, target: 2 };
}

/** The CIFAR-10 ResNet-20 beside the checkout, and the truck that it is not sure of in its car. */
export async function resnet20(): Promise<Subject> {
  const weights = shared.path("models/resnet20-12fca82f.th");
  const model = await loadModel("resnet20-cifar", { weights });
  return { model, image: await loadImage(shared.path("images/car.png")), target: 9 };
}

/** Holds ours against the figures. */
export async function agrees(
  { model, image, target }: Subject,
  { from, technique, options, sum, size, eight, within = 1e-5, ...of }: Figures,
): Promise<void> {
  const explained = of.target ?? target;
  const { attribution } = await attribute(technique, { model, image, target: explained, options });
  const apart = Math.floor(attribution.length / 8);
  const ours = {
    sum: attribution.reduce((a, b) => a + b, 0),
    size: attribution.reduce((a, b) => a + Math.abs(b), 0),
    eight: eight.map((_, i) => attribution[i * apart]),
  };
  const off = Math.max(
    Math.abs(ours.sum - sum) / size,
    Math.abs(ours.size - size) / size,
    Math.hypot(...eight.map((v, i) => ours.eight[i] - v)) / Math.hypot(...eight),
  );
  assert.ok(off <= within, `${from}: off by ${off}: ${JSON.stringify(ours)}`);
}
