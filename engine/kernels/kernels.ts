/** What a backend computes for a convolutional network: the contract that each backend's kernels keep. */
import type * as tf from "../../deps/tfjs.ts";
import type { Values } from "../../core/values.ts";
import type { Arrangement, ConvSpec } from "./conv.ts";
import type { AvgPoolSpec, PoolSpec } from "./pool.ts";

/** Activations that a kernel computes together with itself. */
export type Activation = "relu" | "relu6";

/** `spec.kernel` is [rows, columns, in, multiplier]: each channel gives as many, beside each other. */
export interface Depthwise {
  /** x [B, H, W, in] to [B, rows, columns, in · multiplier]. */
  conv2d(x: tf.Tensor4D, kernel: tf.Tensor, spec: ConvSpec, bias?: tf.Tensor): tf.Tensor4D;

  /** dy, shaped as that, to the gradient of an image of `shape` [H, W]; the same kernel. */
  inputGrad(
    dy: tf.Tensor4D,
    kernel: tf.Tensor,
    spec: ConvSpec,
    shape: readonly [number, number],
  ): tf.Tensor4D;
}

/** `x`, `y` are a layer's input and output, `dy`, `dx` their gradients. */
export interface Kernels {
  /** What they are made of: `simd`, `relaxed-simd`, `wgsl`, `javascript`. */
  readonly name: string;

  /**
   * The numbers of a convolution's kernel [rows, columns, in, out] as `conv2d` takes them: on "wasm"
   * in an order of its own.
   *
   * @param arrangement makes another kernel of them; `source` is then what that one is made of
   */
  convKernel(source: Values, arrangement?: Arrangement): tf.Tensor;

  /** Convolves x [B, H, W, in] to [B, rows, columns, out]; `kernel` is what `convKernel` gave. */
  conv2d(
    x: tf.Tensor4D,
    kernel: tf.Tensor,
    spec: ConvSpec,
    bias?: tf.Tensor,
    activation?: Activation,
  ): tf.Tensor4D;

  /** Convolutions of each channel on its own, where the backend has its own. */
  readonly depthwise?: Depthwise;

  /** x [B, in] · matrix [in, out] + bias, for a small batch. */
  dense(
    x: tf.Tensor2D,
    matrix: tf.Tensor2D,
    bias?: tf.Tensor,
    activation?: Activation,
  ): tf.Tensor2D;

  /** dy [B, out] · matrixᵀ, for a small batch. */
  denseGrad(dy: tf.Tensor2D, matrix: tf.Tensor2D): tf.Tensor2D;

  /** dy where y > 0, else 0: ReLU's backward from its output (or input). Same shapes. */
  reluGrad(dy: tf.Tensor, y: tf.Tensor): tf.Tensor;

  /** dy where low < y < high, else 0: the backward of what is clipped. Same shapes. */
  clipGrad(dy: tf.Tensor, y: tf.Tensor, low: number, high: number): tf.Tensor;

  /** relu(a + b), of the same shape. */
  addRelu(a: tf.Tensor, b: tf.Tensor): tf.Tensor;

  /**
   * Puts z [B, h, w, C] on every `stride`-th pixel, from the first, of zeros or of `into`
   * [B, H, W, C], adding: the backward of a strided 1×1 convolution's sampling.
   *
   * @param shape [H, W], with h = ⌈H / rows of stride⌉ and w likewise
   * @param into is disposed of: use the result, which may lie in its memory
   */
  scatter(
    z: tf.Tensor4D,
    shape: [number, number],
    stride: [number, number],
    into?: tf.Tensor4D,
  ): tf.Tensor4D;

  /**
   * Lays the channels of z [B, h, w, block·block·C] out as blocks of pixels, row-major, and crops
   * to [B, height, width, C]. At most h·block by w·block.
   */
  depthToSpace(z: tf.Tensor4D, block: number, height: number, width: number): tf.Tensor4D;

  /** The maximum of each window. Padding never wins; windows with NaN are undefined. */
  maxPool(x: tf.Tensor4D, spec: PoolSpec): tf.Tensor4D;

  /** dy at the first maximum of each window in row-major order, as PyTorch; y = maxPool(x, spec). */
  maxPoolGrad(dy: tf.Tensor4D, x: tf.Tensor4D, y: tf.Tensor4D, spec: PoolSpec): tf.Tensor4D;

  /** The mean of each window, over as many pixels as `spec.countPadding` says. */
  avgPool(x: tf.Tensor4D, spec: AvgPoolSpec): tf.Tensor4D;

  /** dy spread evenly over its window, for an image of `shape` [rows, columns]. */
  avgPoolGrad(dy: tf.Tensor4D, shape: [number, number], spec: AvgPoolSpec): tf.Tensor4D;
}
