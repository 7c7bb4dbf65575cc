/**
 * Features times a layer's matrix. What fits no single tensor of the backend (VGG19's first matrix
 * has 411 MB) lies there in blocks of rows: the products with them add up.
 */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import { largestTensor } from "../gpu/largest.ts";
import { type Activation, kernels } from "../kernels/mod.ts";
import type { Parameters } from "./op.ts";

/** Rows of a matrix, from the first one on. */
interface Block {
  readonly first: number;
  readonly matrix: tf.Tensor2D;
}

/** The kernel [features…, out] as matrices below each other, as few as can be. */
function blocksOf(params: Parameters): readonly Block[] {
  const shape = params.shape("kernel"), out = shape.at(-1)!, rows = sizeOf(shape.slice(0, -1));
  const most = Math.max(1, Math.floor(largestTensor() / (4 * out)));
  if (rows <= most) {
    return [{ first: 0, matrix: tf.reshape(params.tensor("kernel"), [rows, out]) as tf.Tensor2D }];
  }
  const height = Math.ceil(rows / Math.ceil(rows / most));
  return Array.from({ length: Math.ceil(rows / height) }, (_, i) => {
    const first = i * height, end = Math.min(rows, first + height);
    const matrix = params.derived(
      `rows ${first}`,
      () => values(params.values("kernel").subarray(first * out, end * out), [end - first, out]),
    );
    return { first, matrix: matrix as tf.Tensor2D };
  });
}

const ACTIVATIONS = { relu: tf.relu, relu6: tf.relu6 };

/** x [batch, features] · kernel [features…, out] + bias. */
export function timesKernel(
  x: tf.Tensor2D,
  params: Parameters,
  activation?: Activation,
): tf.Tensor2D {
  const bias = params.has("bias") ? params.tensor("bias") : undefined;
  const [{ matrix }, ...more] = blocksOf(params);
  if (more.length === 0) return kernels().dense(x, matrix, bias, activation);
  const times = ({ first, matrix }: Block, bias?: tf.Tensor) =>
    kernels().dense(tf.slice(x, [0, first], [x.shape[0], matrix.shape[0]]), matrix, bias);
  const y = more.reduce<tf.Tensor>(
    (sum, block) => tf.add(sum, times(block)),
    times({ first: 0, matrix }, bias),
  );
  return (activation ? ACTIVATIONS[activation](y) : y) as tf.Tensor2D;
}

/** dy [batch, out] · kernelᵀ. */
export const timesTransposed = (dy: tf.Tensor2D, params: Parameters): tf.Tensor2D =>
  tf.concat(blocksOf(params).map(({ matrix }) => kernels().denseGrad(dy, matrix)), 1);
