/** Pictures that differ in a window, scored in batches. */
import * as tf from "../deps/tfjs.ts";
import type { Model } from "../run/model.ts";
import {
  type ImagePair,
  paint,
  type Patched,
  patched,
  type Rectangle,
  type Span,
} from "../engine/patches/mod.ts";
import { fitting, scoreBatches, type Scored, scored } from "../run/batches.ts";

function checkWindows(
  windows: readonly Rectangle[],
  [height, width]: readonly number[],
): void {
  if (windows.length === 0) throw new RangeError("There is no window to score: one is the least");
  const isWithin = ([start, end]: Span, size: number) =>
    Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= size;
  const odd = windows.findIndex(({ rows, columns }) =>
    !isWithin(rows, height) || !isWithin(columns, width)
  );
  if (odd < 0) return;
  const { rows, columns } = windows[odd];
  throw new RangeError(
    `Window ${odd} has the rows from ${rows.join(" to before ")} and the columns from ` +
      `${columns.join(" to before ")}, which are none of a picture of ${width}×${height}`,
  );
}

/** How many windows of a picture fit a batch. */
const windowsAtOnce = ({ held, largest, longest }: Patched): number =>
  fitting(held, largest, longest);

/**
 * Scores pictures that are `image` but for a window of each, which shows `other`, batch after batch.
 * Where a network has layers that see little of a picture at a time, these see the windows alone.
 *
 * @param images Two images `[height, width, channels]` in the network's normalized space.
 * @param windows One for each picture, within it; there is one at least.
 * @throws RangeError where there is none, or one that is empty or not within the picture.
 * @throws the signal's reason once it is aborted.
 * @example
 * ```ts
 * const { input } = preprocess(image, model.preprocess), [height, width] = input.shape;
 * const black = values(new Float32Array(input.length), input.shape);
 * const left = { rows: [0, height], columns: [0, width >> 1] } as const;
 * const right = { rows: [0, height], columns: [width >> 1, width] } as const;
 * const images = { image: input, other: black };
 * for await (const { from, logits } of scoreWindows(model, images, [left, right])) {
 *   console.log(from, logits[3]); // class 3, of the batch's first
 * }
 * ```
 */
export async function* scoreWindows(
  model: Model,
  images: ImagePair,
  windows: readonly Rectangle[],
  signal?: AbortSignal,
): AsyncGenerator<Scored> {
  checkWindows(windows, images.image.shape);
  const patches = await patched(model.network, images, windows, signal);
  if (patches) {
    try {
      const logits = (from: number, to: number) => patches.logits(from, to, signal);
      yield* scored(windows.length, windowsAtOnce(patches), logits);
    } finally {
      patches.dispose();
    }
    return;
  }
  const [height, width, channels] = images.image.shape;
  const everything: Rectangle = { rows: [0, height], columns: [0, width] };
  const pictures = (from: number, to: number) =>
    tf.tensor4d(
      paint(images, windows.slice(from, to), () => everything),
      [to - from, height, width, channels],
    );
  yield* scoreBatches(model, [height, width], windows.length, pictures, signal);
}
