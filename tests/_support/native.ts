/** The native executor where tests run, and what has to be held in another. */
import type * as tf from "../../deps/tfjs.ts";
import type * as onnxruntime from "onnxruntime-node";
import type { Executor, Plan } from "../../engine/executor.ts";
import { nativeExecutor } from "../../engine/executors/native/mod.ts";
import type { Ort } from "../../engine/executors/native/ort.ts";
import { runtime, useBackend } from "../../engine/runtime.ts";

/** The package says its version as the engine takes it to; its types have it among development's. */
export const asTaken = ({ env }: typeof onnxruntime): Pick<Ort, "env"> => ({ env });

/** What `work` gives on the native backend, and the plans that the native executor ran, small ones too. */
export async function onNative<R>(
  work: () => Promise<R>,
): Promise<{ readonly result: R; readonly ran: readonly Plan[] }> {
  await useBackend("native");
  const native = nativeExecutor(true), ran: Plan[] = [];
  const listening: Executor = {
    ...native,
    start(plan, ...rest) {
      ran.push(plan);
      return native.start(plan, ...rest);
    },
  };
  runtime.executors.unshift(listening);
  try {
    return { result: await work(), ran };
  } finally {
    runtime.executors.splice(runtime.executors.indexOf(listening), 1);
  }
}

/** The same on TensorFlow.js. */
export async function onWasm<R>(work: () => Promise<R>): Promise<R> {
  await useBackend("wasm");
  return await work();
}

/** How far numbers are from others: the length of the difference by their length. */
export async function distance(found: tf.Tensor, expected: tf.Tensor): Promise<number> {
  const [a, b] = await Promise.all([found.data(), expected.data()]);
  let apart = 0, length = 0;
  b.forEach((n, i) => {
    apart += (a[i] - n) ** 2;
    length += n ** 2;
  });
  return Math.sqrt(apart / (length || 1));
}
