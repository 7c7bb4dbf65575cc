/** What a layer makes of a picture. */
import * as tf from "../deps/tfjs.ts";
import type { Values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import type { Model } from "./model.ts";

/**
 * A layer's activation `[h, w, channels]` (or `[units]`).
 *
 * @param input `[height, width, channels]` in the network's normalized space.
 */
export async function activationOf(
  { network }: Model,
  input: Values,
  layer: string,
  signal?: AbortSignal,
): Promise<Values> {
  const image = tf.tensor4d(input, [1, ...input.shape as [number, number, number]]);
  try {
    const pass = await network.forward(image, { taps: [layer], signal });
    const activation = await read(pass.value(layer));
    pass.dispose();
    return activation;
  } finally {
    image.dispose();
  }
}
