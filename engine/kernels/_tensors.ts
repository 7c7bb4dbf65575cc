/** Checks and wrappers that every backend's kernels share. */
import * as tf from "../../deps/tfjs.ts";
import type { ConvSpec } from "./conv.ts";
import { poolSize, type PoolSpec } from "./pool.ts";

/** The tensor of a backend's result, tracked like an operation's. */
export function tensorOf<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}

/** @throws {Error} unless all are float32 and of one shape. */
export function checkSame(a: tf.Tensor, b: tf.Tensor): void {
  checkFloat(a, b);
  tf.util.assertShapesMatch(a.shape, b.shape, "kernel: ");
}

/** @throws {Error} unless all are float32. */
export function checkFloat(...tensors: tf.Tensor[]): void {
  for (const { dtype } of tensors) {
    if (dtype !== "float32") throw new Error(`kernels take float32, not ${dtype}`);
  }
}

/** @throws {Error} unless an image has the channels that a convolution's kernel takes. */
export function checkConv(
  x: tf.Tensor4D,
  { kernel, groups = 1 }: Pick<ConvSpec, "kernel" | "groups">,
): void {
  checkFloat(x);
  if (x.shape[3] !== groups * kernel[2] || kernel[3] % groups) {
    throw new Error(`a kernel of ${kernel} does not go with an image of ${x.shape}`);
  }
}

/** @throws {Error} unless an image has a channel for each of a depthwise kernel's. */
export function checkDepthwise(x: tf.Tensor4D, { kernel }: ConvSpec): void {
  checkConv(x, { kernel });
}

/** @throws {Error} unless vectors [batch, n] go with the `axis` of a matrix. */
export function checkDense(x: tf.Tensor2D, matrix: tf.Tensor2D, axis: 0 | 1): void {
  checkFloat(x, matrix);
  if (x.shape[1] !== matrix.shape[axis]) {
    throw new Error(`vectors of ${x.shape} do not go with axis ${axis} of ${matrix.shape}`);
  }
}

/** @throws {Error} unless `pooled` has the shape that windows of `spec` give on `image`. */
export function checkPooled(
  pooled: tf.Tensor4D,
  [batch, h, w, channels]: number[],
  spec: PoolSpec,
): void {
  checkFloat(pooled);
  const expected = [batch, ...poolSize(spec, [h, w]), channels];
  tf.util.assertShapesMatch(pooled.shape, expected, "pool: ");
}

/** @throws {Error} unless z, laid on every `stride`-th pixel, just fills an image of `shape`. */
export function checkScatter(
  z: tf.Tensor4D,
  shape: [number, number],
  stride: [number, number],
  into?: tf.Tensor4D,
): void {
  checkFloat(z);
  const [batch, h, w, channels] = z.shape;
  const [rows, columns] = shape.map((size, axis) => Math.ceil(size / stride[axis]));
  if (rows !== h || columns !== w) {
    throw new Error(`${h}×${w} pixels ${stride} apart do not make ${shape.join("×")}`);
  }
  if (into) {
    checkFloat(into);
    tf.util.assertShapesMatch(into.shape, [batch, ...shape, channels], "scatter: ");
  }
}

/** @throws {Error} unless z has block² times some channels and covers height×width. */
export function checkDepthToSpace(z: tf.Tensor4D, block: number, h: number, w: number): void {
  checkFloat(z);
  const [, rows, columns, channels] = z.shape;
  if (channels % block ** 2 || h > rows * block || w > columns * block) {
    throw new Error(`${z.shape} does not make blocks of ${block}×${block} over ${h}×${w}`);
  }
}
