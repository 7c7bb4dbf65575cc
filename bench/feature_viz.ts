/**
 * How long does an image take to form? A step of feature visualization at 128×128 on the built-in VGG,
 * against the network's gradient alone at the same size on the same backend, in turns: what is above 1 is
 * the image, its transformations and the optimizer.
 */
import * as tf from "../deps/tfjs.ts";
import { channelMean, loadModel, visualize } from "../mod.ts";
import { startBackend } from "./_backend.ts";
import { median, took } from "./_measure.ts";
import type { Question, Side } from "./_question.ts";

const SIZE = 128, LAYER = "features.32", CHANNEL = 65, STEPS = 32, ROUNDS = 3;

const both: Side = async (_, settings) => {
  await startBackend(settings);
  const model = await loadModel("phosphene-vgg");
  const image = tf.randomNormal([1, SIZE, SIZE, 3], 0, 1, "float32", 1) as tf.Tensor4D;
  const gradients = async () => {
    for (let i = 0; i < STEPS; i++) {
      const found = await model.network.gradient(image, channelMean(LAYER, CHANNEL));
      await found.value.data();
      tf.dispose([found.value, found.gradients, found.taps]);
    }
  };
  const options = {
    layer: LAYER,
    channel: CHANNEL,
    size: `${SIZE}x${SIZE}`,
    steps: STEPS,
    saveEvery: STEPS,
  };
  await gradients(); // warm
  const alone: number[] = [], whole: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    alone.push(await took(gradients));
    whole.push(await took(() => visualize("feature-viz", { model, options })));
  }
  return { gradientMs: median(alone) / STEPS, stepMs: median(whole) / STEPS };
};

export const question: Question = {
  asks: "How long does an image take to form?",
  sides: { both },
  async *rows(bench) {
    const { gradientMs, stepMs } = await bench.side("both", {})();
    yield {
      case: `phosphene-vgg, ${SIZE}×${SIZE}: a step, the network's gradient alone`,
      ours: stepMs,
      peer: gradientMs,
      unit: "ms",
    };
  },
};
