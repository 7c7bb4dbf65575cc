/**
 * Small computations that go through the shaders a convolutional network needs: each of the ways in
 * which TensorFlow.js convolves and multiplies (it chooses by size and by channels), and our own.
 */
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { sizeOf, values } from "../../core/values.ts";
import {
  type Activation,
  type AvgPoolSpec,
  type ConvSpec,
  kernels,
  type PoolSpec,
} from "../kernels/mod.ts";

/** One of them; it computes on TensorFlow.js's current backend. */
export interface Sample {
  /** What is computed, for a sentence. */
  readonly what: string;
  compute(): tf.Tensor;
}

type Four = readonly [number, number, number, number];

/** Drawn once: what is computed is small beside what drawing all the numbers would take. */
const POOL = 8191;
let drawn: Float32Array | undefined;

function numbers(shape: readonly number[], from = 0): Float32Array {
  const pool = drawn ??= random("samples").uniformValues([POOL], -1, 1);
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => pool[(from + i) % POOL]);
}

const image = (...shape: Four) => tf.tensor4d(numbers(shape), [...shape]);
const another = (...shape: Four) => tf.tensor4d(numbers(shape, 1000), [...shape]);
const matrix = (...shape: [number, number]) => tf.tensor2d(numbers(shape), shape);
const vector = (length: number) => tf.tensor1d(numbers([length]));

/** A convolution whose windows reach half of themselves beyond the image. */
function convolution(
  [batch, height, width, depth]: Four,
  [rows, columns, channels]: readonly [number, number, number],
  { stride = 1, exact = false, activation }: {
    stride?: number;
    exact?: boolean;
    activation?: Activation;
  } = {},
): tf.Tensor {
  const kernel = [rows, columns, depth, channels] as const;
  const spec: ConvSpec = {
    kernel,
    strides: [stride, stride],
    dilations: [1, 1],
    pad: { top: (rows - 1) >> 1, left: (columns - 1) >> 1 },
    size: [Math.ceil(height / stride), Math.ceil(width / stride)],
    exact,
  };
  const filter = kernels().convKernel(values(numbers(kernel), kernel));
  const x = image(batch, height, width, depth);
  return kernels().conv2d(x, filter, spec, vector(channels), activation);
}

/** A 3×3 convolution of each channel on its own. */
function depthwise([batch, height, width, depth]: Four, multiplier: number, stride: number) {
  const kernel = [3, 3, depth, multiplier] as const, filter = image(...kernel);
  const size = [
    Math.floor((height - 3) / stride) + 1,
    Math.floor((width - 3) / stride) + 1,
  ] as const;
  const strides = [stride, stride] as const, dilations = [1, 1] as const;
  const spec: ConvSpec = { kernel, strides, dilations, pad: { top: 0, left: 0 }, size };
  return {
    forward: () => kernels().depthwise(image(batch, height, width, depth), filter, spec),
    backward() {
      const dy = image(batch, ...size, depth * multiplier);
      return kernels().depthwiseGrad(dy, filter, [height, width], spec);
    },
  };
}

const WINDOWS: PoolSpec = {
  filter: [3, 3],
  strides: [2, 2],
  pad: { top: 1, left: 1, bottom: 1, right: 1 },
};
const MEANS: AvgPoolSpec = { ...WINDOWS, countPadding: true };

/** What a GPU computes before it is trusted. */
export const SAMPLES: readonly Sample[] = [
  {
    what: "a 1×1 convolution",
    compute: () => convolution([1, 24, 24, 12], [1, 1, 20], { activation: "relu" }),
  },
  { what: "a 3×3 convolution", compute: () => convolution([1, 24, 24, 8], [3, 3, 12]) },
  {
    what: "a 3×3 convolution with stride 2",
    compute: () => convolution([1, 51, 49, 3], [3, 3, 7], { stride: 2, activation: "relu" }),
  },
  {
    what: "a 5×5 convolution of small images",
    compute: () => convolution([2, 7, 7, 5], [5, 5, 9], { activation: "relu6" }),
  },
  {
    what: "a 3×3 convolution that is summed exactly",
    compute: () => convolution([2, 9, 7, 5], [3, 3, 6], { exact: true, activation: "relu" }),
  },
  {
    what: "a 3×3 convolution of each channel",
    compute: () => depthwise([1, 17, 15, 8], 2, 1).forward(),
  },
  {
    what: "a 3×3 convolution of each channel with stride 2",
    compute: () => depthwise([1, 19, 17, 5], 1, 2).forward(),
  },
  {
    what: "the gradient of a 3×3 convolution of each channel",
    compute: () => depthwise([1, 19, 17, 5], 2, 2).backward(),
  },
  {
    what: "a product of vectors with a matrix",
    compute: () => kernels().dense(matrix(2, 300), matrix(300, 70), vector(70), "relu"),
  },
  {
    what: "a product of vectors with a transposed matrix",
    compute: () => kernels().denseGrad(matrix(2, 70), matrix(300, 70)),
  },
  {
    what: "a product of matrices",
    compute: () => kernels().dense(matrix(9, 80), matrix(80, 70), vector(70), "relu"),
  },
  {
    what: "a product of long matrices",
    compute: () => tf.matMul(matrix(2, 2000), matrix(2000, 65)),
  },
  {
    what: "a product with few results",
    compute: () => tf.matMul(matrix(1, 600), matrix(600, 10)),
  },
  { what: "a maximum pool", compute: () => kernels().maxPool(image(1, 15, 13, 6), WINDOWS) },
  {
    what: "the gradient of a maximum pool",
    compute() {
      const x = image(1, 15, 13, 6), y = kernels().maxPool(x, WINDOWS);
      return kernels().maxPoolGrad(image(1, 8, 7, 6), x, y, WINDOWS);
    },
  },
  { what: "an average pool", compute: () => kernels().avgPool(image(1, 15, 13, 6), MEANS) },
  {
    what: "the gradient of an average pool",
    compute: () => kernels().avgPoolGrad(image(1, 8, 7, 6), [15, 13], MEANS),
  },
  {
    what: "the gradient of a ReLU",
    compute: () => kernels().reluGrad(image(1, 13, 11, 8), another(1, 13, 11, 8)),
  },
  {
    what: "the gradient of a ReLU with a bound",
    compute: () => kernels().clipGrad(image(1, 13, 11, 8), another(1, 13, 11, 8), 0, 0.6),
  },
  {
    what: "a sum of two images",
    compute: () => kernels().addRelu(image(1, 13, 11, 8), another(1, 13, 11, 8)),
  },
  {
    what: "pixels spread apart",
    compute: () => kernels().scatter(image(1, 9, 8, 16), [17, 16], [2, 2]),
  },
  {
    what: "channels laid out as pixels",
    compute: () => kernels().depthToSpace(image(1, 9, 8, 16), 2, 17, 16),
  },
  { what: "a mean over pixels", compute: () => tf.mean(image(2, 20, 20, 6), [1, 2]) },
  { what: "a sum of many numbers", compute: () => tf.sum(vector(5000)) },
  { what: "probabilities", compute: () => tf.softmax(matrix(2, 1000)) },
  {
    what: "channels scaled and shifted",
    compute: () => tf.add(tf.mul(image(1, 13, 11, 8), vector(8)), vector(8)),
  },
];
