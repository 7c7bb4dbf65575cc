/** A worker in which a gradient is registered before ours, and all of TensorFlow.js's after. */
import * as tf from "../../deps/tfjs.ts";

const own: tf.GradConfig = {
  kernelName: tf.Square,
  gradFunc: () => ({ x: () => tf.scalar(7) }),
};
tf.registerGradient(own);
const { gradients } = await import("../../engine/gradients/mod.ts");
const others = () => gradients.filter((config) => tf.getGradient(config.kernelName) !== config);
const kept = others().map(({ kernelName }) => kernelName);

const whole = await import("@tensorflow/tfjs");
await tf.setBackend("cpu");
const slope = tf.tidy(() => tf.grad((x) => tf.square(x))(tf.scalar(3)).dataSync()[0]);
(self as unknown as Worker).postMessage({
  kept,
  slope,
  replaced: others().length > kept.length,
  oneEngine: whole.engine() === tf.engine() && whole.Tensor === tf.Tensor,
});
