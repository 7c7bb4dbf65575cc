/**
 * How long does an image take to form? A step of feature visualization at 128×128 on the built-in VGG,
 * against the network's gradient alone at the same size on the same backend, in turns: what is above 1 is
 * the image, its transformations and the optimizer.
 *
 *     deno run --lock=deno.dev.lock -A bench/feature_viz.ts [--backend wasm] [--steps 64] [--rounds 3]
 */
import { parseArgs } from "node:util";
import * as tf from "../deps/tfjs.ts";
import type { BackendName } from "../engine/backends.ts";
import { channelMean } from "../engine/objectives.ts";
import { useBackend } from "../engine/runtime.ts";
import { loadModel } from "../models/mod.ts";
import { visualize } from "../techniques/mod.ts";

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "wasm" },
    steps: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
  },
});
const steps = Number(flags.steps), rounds = Number(flags.rounds);
const SIDE = 128, LAYER = "features.32", CHANNEL = 65, WHOLE = 512;

const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1];
const timed = async (work: () => Promise<unknown>) => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / steps;
};

const backend = await useBackend(flags.backend as BackendName);
const model = await loadModel("phosphene-vgg");
const image = tf.randomNormal([1, SIDE, SIDE, 3], 0, 1, "float32", 1) as tf.Tensor4D;
const gradients = async () => {
  for (let i = 0; i < steps; i++) {
    const found = await model.network.gradient(image, channelMean(LAYER, CHANNEL));
    await found.value.data();
    tf.dispose([found.value, found.gradients, found.taps]);
  }
};
const visualization = () =>
  visualize("feature-viz", {
    model,
    options: { layer: LAYER, channel: CHANNEL, size: `${SIDE}x${SIDE}`, steps, saveEvery: steps },
  });

await timed(gradients); // warm
const alone: number[] = [], whole: number[] = [];
for (let i = 0; i < rounds; i++) {
  alone.push(await timed(gradients));
  whole.push(await timed(visualization));
}
const [network, step] = [median(alone), median(whole)];
console.log(`${backend.adapter}: the network's gradient ${network.toFixed(1)} ms`);
console.log(`a step ${step.toFixed(1)} ms, ${(step / network).toFixed(2)} times that`);
console.log(`${WHOLE} steps ${(WHOLE * step / 1000).toFixed(1)} s`);
