/** From the backend to the host. */
import * as tf from "../deps/tfjs.ts";
import { type Values, values } from "../core/values.ts";

/** Reads a tensor of one picture, `[1, …]`, as values without the batch. */
export async function read(tensor: tf.Tensor): Promise<Values> {
  return values(await tensor.data() as Float32Array, tensor.shape.slice(1));
}

/** How long to wait between two readings, in ms: on a GPU each waits for all before it; elsewhere it is free. */
export const readPause = (): number => tf.getBackend() === "webgpu" ? 300 : 0;

/** Reads scalars, all in one go: on a GPU each read-back waits for everything before it. */
export async function readScalars(scalars: readonly tf.Tensor[]): Promise<number[]> {
  if (scalars.length <= 1) return await Promise.all(scalars.map(async (x) => (await x.data())[0]));
  const together = tf.stack([...scalars]);
  try {
    return [...await together.data()];
  } finally {
    together.dispose();
  }
}
