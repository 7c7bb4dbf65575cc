/** Makes TensorFlow.js's backend "webgpu" one of ours, and another one where its GPU was lost. */
import * as tf from "../../deps/tfjs.ts";
import { gpuHealth } from "./health.ts";

const NAME = "webgpu";

/** Lets `tf.setBackend` start ours, unless one has been started already. */
export async function registerGpu(): Promise<void> {
  if (tf.engine().registry[NAME]) return;
  const { startGpu } = await import("./backend.ts");
  if (tf.findBackendFactory(NAME)) tf.removeBackend(NAME);
  tf.registerBackend(NAME, startGpu);
}

/**
 * Starts another one where the GPU was lost; it is current if that was. Where it does not come back,
 * the CPU is.
 */
export async function renewGpu(): Promise<void> {
  if (!gpuHealth()?.lost) return;
  const current = tf.getBackend() === NAME;
  tf.removeBackend(NAME);
  await registerGpu();
  if (current && !await tf.setBackend(NAME)) await tf.setBackend("cpu");
}
