import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { INPUT } from "../../engine/graph.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";

/** Penalties on the image itself, in the network's normalized space: `… - 1e-3*tv`. */
const onImage = (value: (image: tf.Tensor4D) => tf.Tensor) => ({
  layers: [INPUT],
  value: (read: (layer: string) => tf.Tensor) => value(read(INPUT) as tf.Tensor4D),
});

/** Differences of neighbours along an axis. */
function differences(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor {
  const size = x.shape.map((n, i) => i === axis ? n - 1 : n);
  const second = x.shape.map((_, i) => i === axis ? 1 : 0);
  return tf.sub(tf.slice(x, second, size), tf.slice(x, [0, 0, 0, 0], size));
}

/** How rough an image is. */
export const tv: ObjectiveMaker<Record<never, never>> = defineObjective({
  id: "tv",
  summary: "Total variation of the image: the sum of the differences of neighbouring pixels",
  paper: {
    citation: "Mahendran, Vedaldi 2015, Understanding Deep Image Representations by Inverting Them",
    url: "https://arxiv.org/abs/1412.0035",
    equation: "Σ|x(y+1, x) − x(y, x)| + Σ|x(y, x+1) − x(y, x)|",
  },
  options: z.object({}),
  make: () =>
    onImage((x) => tf.add(tf.sum(tf.abs(differences(x, 1))), tf.sum(tf.abs(differences(x, 2))))),
});

/** Its distance from the mean colour, by absolute values. */
export const l1: ObjectiveMaker<Record<never, never>> = defineObjective({
  id: "l1",
  summary: "Sum of the absolute values of the image, in the network's normalized space",
  options: z.object({}),
  make: () => onImage((x) => tf.sum(tf.abs(x))),
});

/** Its length. */
export const l2: ObjectiveMaker<Record<never, never>> = defineObjective({
  id: "l2",
  summary: "Length of the image as a vector, in the network's normalized space: √(Σx² + 1e-6)",
  options: z.object({}),
  make: () => onImage((x) => tf.sqrt(tf.add(tf.sum(tf.square(x)), 1e-6))),
});

/** What no pixel should exceed. */
export const lp: ObjectiveMaker<{ p: number }> = defineObjective({
  id: "lp",
  summary: "Sum of a power of the image's absolute values: with 6, a bound on each pixel",
  paper: {
    citation: "Mahendran, Vedaldi 2015, Understanding Deep Image Representations by Inverting Them",
    url: "https://arxiv.org/abs/1412.0035",
    equation: "Σ|x|ᵖ",
  },
  options: z.object({
    p: z.number().min(1).max(20).default(6).describe("Power"),
  }),
  make: ({ p }) => onImage((x) => tf.sum(tf.pow(tf.abs(x), p))),
});

/** `[[½, ½, ½], [½, 1, ½], [½, ½, ½]]` for each channel. */
function softened(x: tf.Tensor4D): tf.Tensor4D {
  const channels = x.shape[3];
  const numbers = [1, 1, 1, 1, 2, 1, 1, 1, 1].flatMap((n) => new Array(channels).fill(n / 2));
  const kernel = tf.tensor4d(numbers, [3, 3, channels, 1]);
  const blur = (y: tf.Tensor4D) => tf.depthwiseConv2d(y, kernel, 1, "same");
  return tf.div(blur(x), blur(tf.onesLike(x)));
}

/** How far an image is from its own blurred copy, which counts as given. */
export const blur: ObjectiveMaker<Record<never, never>> = defineObjective({
  id: "blur",
  summary:
    "Half the squared distance of the image from its blurred copy: subtracted, it blurs a bit",
  options: z.object({}),
  make: () =>
    onImage((x) => {
      // the copy is held still: the gradient is x − blurred
      const held = tf.customGrad((x) => ({
        value: softened(x as tf.Tensor4D),
        gradFunc: (dy) => tf.zerosLike(dy as tf.Tensor),
      }));
      return tf.mul(tf.sum(tf.square(tf.sub(x, held(x)))), 0.5);
    }),
});
