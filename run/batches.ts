/** Many variants of one picture, scored in batches that fit the cache and the memory. */
import * as tf from "../deps/tfjs.ts";
import type { Model } from "./model.ts";
import { cachedNumbers } from "../engine/cache.ts";
import { summarize } from "../engine/summary.ts";
import { sizeOf, type Values, values } from "../core/values.ts";

/** How many float32 numbers a batch may hold at a time: 256 MB. */
const BUDGET = 2 ** 26;
/** Beyond that nothing is gained, and progress would come too rarely. */
const MOST = 64;
/**
 * Most multiply-adds of one op of a batch, but for a single picture: an op is not interrupted, and a
 * processor takes a good part of a second for so many.
 */
const LONGEST_OP = 2e9;

/**
 * How many pictures of a size fit a batch, 1 to 64, by the sizes of the network's activations (what is
 * alive at once and, on a processor, what its cache holds) and by its longest op.
 *
 * @param gradient Whether activations are kept for a backward pass.
 */
export function batchSize(
  { network }: Model,
  height: number,
  width: number,
  { gradient = false }: { readonly gradient?: boolean } = {},
): number {
  const values = network.values(height, width).map(({ shape }) => sizeOf(shape));
  const sizes = [network.graph.input.shape[2] * height * width, ...values];
  const largest = Math.max(...sizes);
  // forward, an op's input, its output and a branch beside them are alive at once
  const held = gradient ? sizes.reduce((a, b) => a + b) : 3 * largest;
  const ops = summarize(network.graph, height, width);
  const longest = Math.max(1, ...ops.map(({ multiplyAdds }) => multiplyAdds));
  return fitting(held, largest, longest);
}

/** How many pictures fit that take so much each. */
export function fitting(held: number, largest: number, longest: number): number {
  const fit = [BUDGET / held, cachedNumbers() / (2 * largest), LONGEST_OP / longest].map(
    Math.floor,
  );
  return Math.max(1, Math.min(MOST, ...fit));
}

/** `[from, to)` of each batch. */
export function* batches(count: number, size: number): Generator<readonly [number, number]> {
  for (let from = 0; from < count; from += size) yield [from, Math.min(count, from + size)];
}

/** Outputs `[to − from, …]` of the variants from `from` to before `to`. */
export interface Scored {
  /** The first variant of the batch. */
  readonly from: number;
  /** The one behind its last. */
  readonly to: number;
  /** What the network says of each. */
  readonly logits: Values;
}

/**
 * Scores `count` variants of a picture, batch after batch.
 *
 * @param variants Makes the pictures from `from` to before `to`, `[to − from, height, width, channels]`;
 * runs inside a `tf.tidy`.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const { input } = preprocess(image, model.preprocess), [height, width, channels] = input.shape;
 * const darker = (from: number, to: number) =>
 *   tf.stack(
 *     Array.from({ length: to - from }, (_, i) =>
 *       tf.mul(tf.tensor3d(input, [height, width, channels]), 1 - (from + i) / 100)),
 *   ) as tf.Tensor4D;
 * for await (const { from, logits } of scoreBatches(model, [height, width], 100, darker)) {
 *   console.log(from, logits[3]); // class 3, of the batch's first
 * }
 * ```
 */
export async function* scoreBatches(
  model: Model,
  [height, width]: readonly [number, number],
  count: number,
  variants: (from: number, to: number) => tf.Tensor4D,
  signal?: AbortSignal,
): AsyncGenerator<Scored> {
  const logits = async (from: number, to: number) => {
    const batch = tf.tidy(() => variants(from, to));
    try {
      return await model.network.logits(batch, signal);
    } finally {
      batch.dispose();
    }
  };
  yield* scored(count, batchSize(model, height, width), logits);
}

/** Asks for so many pictures' logits, batch after batch, and reads them. */
export async function* scored(
  count: number,
  size: number,
  logits: (from: number, to: number) => Promise<tf.Tensor>,
): AsyncGenerator<Scored> {
  for (const [from, to] of batches(count, size)) {
    const scores = await logits(from, to);
    const read = values(await scores.data() as Float32Array, scores.shape);
    scores.dispose();
    yield { from, to, logits: read };
  }
}
