/**
 * A network on many pictures that are one picture but for a window of each. What a window leaves as it
 * was is computed once: early layers run on the patches alone that it changes, cut out with what they
 * see beside them, the rest on whole values again, the patches laid on the picture's own.
 */
import * as tf from "../../deps/tfjs.ts";
import type { Network } from "../network.ts";
import { runtime } from "../runtime.ts";
import { layout } from "./layout.ts";
import type { ImagePair, Rectangle } from "./pictures.ts";
import { Placed } from "./placed.ts";
import { runOn } from "./run.ts";

export { type ImagePair, paint, type Rectangle, type Span } from "./pictures.ts";

/** What a network says of the pictures, and what of the first one is kept for all. */
export interface Patched {
  /** Numbers that are alive at once for one of them. */
  readonly held: number;
  /** Numbers of the largest value for one of them. */
  readonly largest: number;
  /** Most multiply-adds of one op for one of them. */
  readonly longest: number;
  /**
   * Logits of the pictures from `from` to before `to`; the tensor is the caller's.
   *
   * @throws the signal's reason once it is aborted.
   */
  logits(from: number, to: number, signal?: AbortSignal): Promise<tf.Tensor>;
  /** Frees what is kept. */
  dispose(): void;
}

/**
 * Prepares a network's logits of pictures that are `image` but for a window of each, which shows `other`.
 *
 * @param windows There is one at least.
 * @returns undefined where whole pictures are as cheap: what each window changes is soon too much, or
 * whole passes are faster than their steps.
 * @throws the signal's reason once it is aborted.
 */
export async function patched(
  network: Network,
  images: ImagePair,
  windows: readonly Rectangle[],
  signal?: AbortSignal,
): Promise<Patched | undefined> {
  // there a whole graph is one call, and a piece of it another graph
  if (runtime.backend?.name === "native") return undefined;
  const [height, width, channels] = images.image.shape, size = [height, width] as const;
  const placed = new Placed(windows, size), found = layout(network, size, placed.region);
  if (!found) return undefined;
  const image = tf.tensor4d(images.image, [1, height, width, channels]);
  try {
    const base = await network.forward(image, { taps: found.bases, signal });
    const { held, largest, longest } = found;
    return {
      ...{ held, largest, longest },
      logits: (from, to, signal) =>
        runtime.turn(
          () => runOn({ network, images, placed, layout: found, base }, [from, to], signal),
          { signal },
        ),
      dispose: () => base.dispose(),
    };
  } finally {
    image.dispose();
  }
}
