/** One run at a time: TensorFlow.js has one current backend and one stack of scopes. */
import * as tf from "@tensorflow/tfjs";

let last: Promise<void> = Promise.resolve();

/**
 * Waits for its turn, then opens a scope; the returned function frees every tensor that was made
 * and left since, and lets the next one in.
 */
export async function enter(): Promise<() => void> {
  const before = last;
  let leave!: () => void;
  last = new Promise((resolve) => leave = resolve);
  await before;
  tf.engine().startScope();
  return () => {
    tf.engine().endScope();
    leave();
  };
}
