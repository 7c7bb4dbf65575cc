/** Updates of an image by its gradient, as PyTorch computes them. */
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { option } from "../core/say.ts";

/** One step: returns the new image and frees nothing but its own state. */
export interface Optimizer {
  update(image: tf.Tensor, gradient: tf.Tensor): tf.Tensor;
}

interface Settings {
  readonly learningRate: number;
  /** L2 penalty: this much of the image is added to its gradient. */
  readonly weightDecay: number;
}

const decayed = (gradient: tf.Tensor, image: tf.Tensor, by: number): tf.Tensor =>
  by === 0 ? gradient : tf.add(gradient, tf.mul(image, by));

/** `x ← x − lr·(g + wd·x)` */
function sgd({ learningRate, weightDecay }: Settings): Optimizer {
  return {
    update: (image, gradient) =>
      tf.tidy(() => tf.sub(image, tf.mul(decayed(gradient, image, weightDecay), learningRate))),
  };
}

/** Kingma and Ba 2014, with β 0.9 and 0.999, ε 1e-8 outside the root. */
function adam({ learningRate, weightDecay }: Settings): Optimizer {
  const beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  let step = 0, mean: tf.Tensor | undefined, square: tf.Tensor | undefined;
  return {
    update(image, gradient) {
      step++;
      const [next, m, v] = tf.tidy(() => {
        const g = decayed(gradient, image, weightDecay);
        const m = mix(mean, g, beta1), v = mix(square, tf.square(g), beta2);
        const root = tf.add(tf.sqrt(tf.div(v, 1 - beta2 ** step)), epsilon);
        const change = tf.div(tf.div(m, 1 - beta1 ** step), root);
        return [tf.sub(image, tf.mul(change, learningRate)), m, v] as tf.Tensor[];
      });
      tf.dispose([mean, square].filter((t) => t !== undefined));
      [mean, square] = [m, v];
      return next;
    },
  };
}

const mix = (old: tf.Tensor | undefined, now: tf.Tensor, beta: number): tf.Tensor =>
  old ? tf.add(tf.mul(old, beta), tf.mul(now, 1 - beta)) : tf.mul(now, 1 - beta);

const OPTIMIZERS = { sgd, adam };

/** The options of a technique that optimizes an image; the defaults are each technique's own. */
export const optimizerOptions = (defaults: {
  readonly optimizer: keyof typeof OPTIMIZERS;
  readonly learningRate: number;
  readonly weightDecay: number;
}) => ({
  optimizer: z.enum(["sgd", "adam"]).default(defaults.optimizer).describe(
    "Optimizer that takes the steps",
  ),
  learningRate: z.number().positive().max(1e4).default(defaults.learningRate)
    .describe("Size of a step"),
  weightDecay: z.number().min(0).max(1).default(defaults.weightDecay)
    .describe("Pull of every pixel towards the mean colour (L2 penalty)"),
});

/** What to say of an optimization that went beyond all numbers. */
export const diverged = (step: number, shown: number): string =>
  `The image diverged at step ${step} (its numbers were no longer finite): this is the picture of ` +
  `step ${shown}. A smaller ${option("learningRate")} would be stable.`;

/** What {@link optimizerOptions} become. */
export interface OptimizerOptions extends Settings {
  readonly optimizer: keyof typeof OPTIMIZERS;
}

/** The optimizer of a name. */
export const optimizerOf = (settings: OptimizerOptions): Optimizer =>
  OPTIMIZERS[settings.optimizer](settings);
