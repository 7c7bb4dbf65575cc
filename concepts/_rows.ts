/** A layer's numbers of many pictures, a row each, and their inner products in double precision. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { breathe } from "../engine/breathe.ts";

/** Numbers that are held at a time, over all layers: 1 GB. */
const MOST = 2 ** 28;

/** A layer's rows. */
export class Rows {
  /** One for each picture. */
  readonly all: Float32Array[] = [];
  #shape: readonly number[];
  #seen = false;

  /**
   * @param shape Of the layer, without the batch, for pictures of the model's own size.
   * @param pool Whether a row has one number for each channel, not for each place too.
   */
  constructor(
    readonly layer: string,
    shape: readonly number[],
    readonly pool: boolean,
  ) {
    this.#shape = shape;
  }

  /** The layer's, for the pictures that were seen. */
  get shape(): readonly number[] {
    return this.#shape;
  }

  /** How many numbers a row has. */
  get length(): number {
    return this.pool ? this.shape.at(-1)! : this.shape.reduce((a, b) => a * b, 1);
  }

  /** @throws UserError where so many rows of these layers do not fit into memory. */
  static check(layers: readonly Rows[], pictures: number): void {
    const numbers = pictures * layers.reduce((sum, { length }) => sum + length, 0);
    if (numbers <= MOST) return;
    throw new UserError(
      `Cannot hold what ${layers.map(({ layer }) => `"${layer}"`).join(", ")} say of ${pictures} ` +
        `pictures: that is ${(numbers / 1e6).toFixed(0)} million numbers, and ${
          (MOST / 1e6).toFixed(0)
        } million fit. Fewer pictures, fewer layers, a later layer or ${option("pool")} would do.`,
      { code: "unsupported", option: "layer" },
    );
  }

  /**
   * The rows of a batch.
   *
   * @param data `[pictures, …shape]`
   * @param mean Whether pooled channels are averaged, as activations are; gradients are added up.
   * @throws UserError for pictures that the network sees in another size, for these have other rows.
   */
  of(data: Float32Array, [pictures, ...shape]: readonly number[], mean: boolean): Float32Array[] {
    if (!this.#seen) [this.#shape, this.#seen] = [shape, true];
    if (!this.pool && `${shape}` !== `${this.shape}`) {
      throw new UserError(
        `Cannot compare pictures of several sizes in "${this.layer}": it is ${
          this.shape.join("×")
        } for one and ${shape.join("×")} for another. ${option("pool")} or ${
          option("resize")
        } and ${option("crop")} to one size would do.`,
        { code: "unsupported", option: "layer" },
      );
    }
    const size = data.length / pictures;
    return Array.from({ length: pictures }, (_, i) => {
      const own = data.slice(i * size, (i + 1) * size);
      return this.pool ? this.#pooled(own, mean) : own;
    });
  }

  #pooled(own: Float32Array, mean: boolean): Float32Array {
    const channels = this.length, sums = new Float64Array(channels);
    own.forEach((v, i) => sums[i % channels] += v);
    const by = mean ? own.length / channels : 1;
    return Float32Array.from(sums, (sum) => sum / by);
  }
}

/** Σᵢ xᵢ·yᵢ in double precision. */
export function inner(x: Float32Array, y: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0], i = 0;
  for (; i + 3 < x.length; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  for (; i < x.length; i++) a += x[i] * y[i];
  return a + b + c + d;
}

/**
 * Inner products of rows with each other, `[rows, rows]`; 0 of those that no one asks for.
 *
 * @param wanted Whether the product of two of them is.
 */
export async function gram(
  rows: readonly Float32Array[],
  wanted: (i: number, j: number) => boolean,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const n = rows.length, products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      if (wanted(i, j)) products[i * n + j] = products[j * n + i] = inner(rows[i], rows[j]);
    }
    await breathe(signal);
  }
  return products;
}

/**
 * The same products of rows from which their mean was taken away, scaled so that their mean square is
 * 1, and that mean square as it was.
 */
export function centred(products: Float64Array): { own: Float64Array; square: number } {
  const n = Math.sqrt(products.length);
  const means = Float64Array.from(
    { length: n },
    (_, i) => products.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0) / n,
  );
  const mean = means.reduce((a, b) => a + b, 0) / n;
  const own = products.map((v, i) => v - means[Math.floor(i / n)] - means[i % n] + mean);
  let square = 0;
  for (let i = 0; i < n; i++) square += own[i * n + i] / n;
  return { own: square > 0 ? own.map((v) => v / square) : own, square };
}
