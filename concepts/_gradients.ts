/** How the score of a class changes with what layers say of its pictures. */
import { breathe } from "../engine/breathe.ts";
import { showAll } from "./_batches.ts";
import { checkCount, type NamedClass } from "./_request.ts";
import { inner, type Rows } from "./_rows.ts";
import type { Slopes } from "./_scores.ts";
import type { ConceptRequest } from "./data.ts";

/** A class's gradients at a layer, of which only what they have in common with activations is kept. */
export interface Gradients {
  /** Inner products with every activation, a row for each picture. */
  readonly products: readonly Float64Array[];
  /** The length of each picture's gradient. */
  readonly lengths: readonly number[];
  /** Whether every picture has the same gradient. */
  readonly alike: boolean;
}

/** Gradients that differ by less, as a share of their length, are the same but for rounding. */
const SAME = 1e-5;

function distance(x: Float32Array, y: Float32Array): number {
  return Math.sqrt(x.reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0));
}

/**
 * The gradients of a class at each layer.
 *
 * @param activations Of each layer: the rows that the gradients are multiplied with.
 * @param onShown Told how many pictures are done.
 * @throws UserError where no picture can be read.
 */
export async function gradientsOf(
  request: Pick<ConceptRequest, "model" | "signal" | "onUnreadable">,
  { target, pictures, label }: NamedClass,
  activations: readonly Rows[],
  onShown?: (done: number) => void,
): Promise<Gradients[]> {
  const { model: { network }, signal } = request, to = activations.map(({ layer }) => layer);
  const found = activations.map(() => ({
    ...{ products: [] as Float64Array[], lengths: [] as number[], alike: true },
    first: undefined as Float32Array | undefined,
  }));
  const batches = showAll(request, pictures, true, async ({ images }) => {
    const { gradients } = await network.gradient(images, target.objective, { to, signal });
    const rows: Float32Array[][] = [];
    for (const layer of activations) {
      const gradient = gradients[layer.layer];
      rows.push(layer.of(await gradient.data<"float32">(), gradient.shape, false));
    }
    return rows;
  });
  for await (const { done, looked } of batches) {
    for (const rows of looked) {
      for (const [i, some] of rows.entries()) {
        const own = found[i], { all } = activations[i];
        for (const row of some) {
          const length = Math.sqrt(inner(row, row));
          own.first ??= row;
          own.alike &&= distance(row, own.first) <= SAME * length;
          own.lengths.push(length);
          own.products.push(Float64Array.from(all, (activation) => inner(row, activation)));
          await breathe(signal);
        }
      }
    }
    onShown?.(done);
  }
  checkCount(found[0].lengths.length, 1, `pictures of ${label} that can be read`, "pictures");
  return found;
}

/**
 * A class's slopes along some of the activations.
 *
 * @param pictures The activations' numbers.
 * @param square Their mean square, with their mean taken away.
 */
export function slopesOf(
  { products, lengths }: Gradients,
  pictures: readonly number[],
  square: number,
): Slopes {
  const all = new Float64Array(products.length * pictures.length);
  products.forEach((row, i) =>
    pictures.forEach((picture, j) => all[i * pictures.length + j] = row[picture])
  );
  const unit = Math.sqrt(square);
  return {
    pictures: products.length,
    products: all,
    lengths: Float64Array.from(lengths, (length) => length * unit),
  };
}
