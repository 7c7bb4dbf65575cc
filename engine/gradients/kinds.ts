/** The gradients of TensorFlow.js's kernels, by kind; importing this registers them. */
import * as tf from "../../deps/tfjs.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { reductions } from "./reductions.ts";
import { resize } from "./resize.ts";
import { shape } from "./shape.ts";
import { spatial } from "./spatial.ts";
import { steps } from "./steps.ts";

/** The gradients that there are. */
export const gradients: readonly tf.GradConfig[] = [
  ...[arithmetic, elementwise, activations, steps],
  ...[reductions, shape, convolutions, spatial, resize],
].flat();

for (const config of gradients) {
  if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}
