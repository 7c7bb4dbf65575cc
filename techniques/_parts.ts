/** Pictures of which some parts are shown and the others filled, scored in batches. */
import * as tf from "../deps/tfjs.ts";
import type { Model } from "../run/model.ts";
import { scoreBatches, type Scored } from "../run/batches.ts";
import type { Values } from "../core/values.ts";

/** Which part each pixel of a picture belongs to. */
export interface Parts {
  /** A part's number for each pixel, row after row. */
  readonly of: Int32Array;
  /** How many parts there are. */
  readonly count: number;
}

/** For each of `size` pixels, the cell of `cells` that its centre lies in. */
const cellsAlong = (size: number, cells: number) =>
  Array.from({ length: size }, (_, i) => Math.floor((i + 0.5) * cells / size));

/**
 * The cells of a grid, row after row. A picture with fewer pixels along a side than the grid has cells
 * leaves some of them without a pixel.
 */
export function gridParts(height: number, width: number, grid: number): Parts {
  const rows = cellsAlong(height, grid), columns = cellsAlong(width, grid);
  const of = Int32Array.from(
    { length: height * width },
    (_, i) => rows[Math.floor(i / width)] * grid + columns[i % width],
  );
  return { of, count: grid * grid };
}

/**
 * Scores `count` mixtures of two images, batch after batch.
 *
 * @param images `image` and what its parts are filled with, `fill`: `[height, width, channels]` in the
 * network's normalized space.
 * @param shares Of the mixture of a number, from 0: how much of each part is `image`'s, 0..1; the rest
 * is `fill`'s.
 * @throws the signal's reason once it is aborted.
 */
export async function* scoreParts(
  model: Model,
  { image, fill }: { readonly image: Values; readonly fill: Values },
  parts: Parts,
  count: number,
  shares: (mixture: number) => ArrayLike<number>,
  signal?: AbortSignal,
): AsyncGenerator<Scored> {
  const [height, width, channels] = image.shape, pixels = height * width;
  const [shown, hidden] = [image, fill].map((numbers) =>
    tf.tensor4d(numbers, [1, height, width, channels])
  );
  const mixtures = (from: number, to: number) => {
    const masks = new Float32Array((to - from) * pixels);
    for (let i = 0; i < to - from; i++) {
      const share = shares(from + i);
      for (let at = 0; at < pixels; at++) masks[i * pixels + at] = share[parts.of[at]];
    }
    const mask = tf.tensor4d(masks, [to - from, height, width, 1]);
    return tf.add(tf.mul(shown, mask), tf.mul(hidden, tf.sub(1, mask))) as tf.Tensor4D;
  };
  try {
    yield* scoreBatches(model, [height, width], count, mixtures, signal);
  } finally {
    tf.dispose([shown, hidden]);
  }
}
