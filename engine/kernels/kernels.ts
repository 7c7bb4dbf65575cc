/** What a backend computes for a convolutional network: the contract that each backend's kernels keep. */
import type * as tf from "../../deps/tfjs.ts";
import type { Values } from "../../core/values.ts";
import type { Arrangement, ConvSpec } from "./conv.ts";
import type { AvgPoolSpec, PoolSpec } from "./pool.ts";

/** Activations that a kernel computes together with itself. */
export type Activation = "relu" | "relu6";

/**
 * How a convolution is computed: product by product, or with fewer of them, whose rounding errors are
 * a little larger.
 */
export type ConvWay = "direct" | "winograd";

/** What a convolution's kernel is made for. */
export interface KernelOptions {
  /** Makes another kernel of the source; default: the same. */
  readonly arrangement?: Arrangement;
  /** Groups of output channels, each with a kernel of its own; the arrangement is of one. Default 1. */
  readonly groups?: number;
  /** What `convWay` said. Default "direct". */
  readonly way?: ConvWay;
}

/** Pictures that are one picture but for a patch of each. */
export interface WithPatches {
  /** That picture, [1, H, W, C]. */
  readonly base: tf.Tensor4D;
  /** [B, rows, columns, C]; they lie within the picture. */
  readonly patches: tf.Tensor4D;
  /** The row and the column where each of them begins. */
  readonly corners: readonly (readonly [row: number, column: number])[];
}

/** A window of each of several pictures. */
export interface Cut {
  /** The row and the column where each begins; it may reach beyond the picture. */
  readonly corners: WithPatches["corners"];
  /** [rows, columns] */
  readonly size: readonly [number, number];
  /** What is beyond the picture. */
  readonly border: number;
}

/** `x`, `y` are a layer's input and output, `dy`, `dx` their gradients. */
export interface Kernels {
  /** What they are made of: `simd`, `relaxed-simd`, `wgsl`, `javascript`. */
  readonly name: string;

  /** How `conv2d` computes a convolution, which its kernel is made for. */
  convWay(spec: ConvSpec): ConvWay;

  /**
   * The numbers of a convolution's kernel [rows, columns, in, out] as `conv2d` takes them: on "wasm"
   * in an order of its own.
   *
   * @param source what the kernel is made of
   */
  convKernel(source: Values, options?: KernelOptions): tf.Tensor;

  /** Convolves x [B, H, W, in] to [B, rows, columns, out]; `kernel` is what `convKernel` gave. */
  conv2d(
    x: tf.Tensor4D,
    kernel: tf.Tensor,
    spec: ConvSpec,
    bias?: tf.Tensor,
    activation?: Activation,
  ): tf.Tensor4D;

  /**
   * Convolves each channel of x [B, H, W, in] on its own, to [B, rows, columns, in · multiplier]; kernel
   * [rows, columns, in, multiplier].
   */
  depthwise(
    x: tf.Tensor4D,
    kernel: tf.Tensor4D,
    spec: ConvSpec,
    bias?: tf.Tensor,
    activation?: Activation,
  ): tf.Tensor4D;

  /** The gradient at the input of `depthwise`, an image of `shape` [rows, columns]. */
  depthwiseGrad(
    dy: tf.Tensor4D,
    kernel: tf.Tensor4D,
    shape: readonly [number, number],
    spec: ConvSpec,
  ): tf.Tensor4D;

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

  /** x·σ(x), also called SiLU. */
  swish(x: tf.Tensor): tf.Tensor;

  /** Its backward from its input. Same shapes. */
  swishGrad(dy: tf.Tensor, x: tf.Tensor): tf.Tensor;

  /** x·Φ(x), with the normal distribution's Φ. */
  gelu(x: tf.Tensor): tf.Tensor;

  /** Its backward from its input. Same shapes. */
  geluGrad(dy: tf.Tensor, x: tf.Tensor): tf.Tensor;

  /** a + b, of the same shape. */
  add(a: tf.Tensor, b: tf.Tensor): tf.Tensor;

  /** dy where low < y < high, else 0: the backward of what is clipped. Same shapes. */
  clipGrad(dy: tf.Tensor, y: tf.Tensor, low: number, high: number): tf.Tensor;

  /** relu(a + b), of the same shape. */
  addRelu(a: tf.Tensor, b: tf.Tensor): tf.Tensor;

  /** y = slope · x + shift, each for a channel of the last axis. */
  affine(x: tf.Tensor, slope: tf.Tensor, shift?: tf.Tensor, activation?: Activation): tf.Tensor;

  /** Lays tensors side by side along the last axis. */
  concat(parts: readonly tf.Tensor[]): tf.Tensor;

  /** Cuts x along the last axis into parts of `sizes`, which add up to it. */
  split(x: tf.Tensor, sizes: readonly number[]): tf.Tensor[];

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

  /**
   * Lays images between each other: pixel (i, j) of the p-th on (i·stride + ⌊p / stride⌋,
   * j·stride + p mod stride) of an image of `shape` [B, H, W, C]; zeros for undefined ones. Absent
   * where many small steps cost more than what they save.
   */
  interleave?(
    images: readonly (tf.Tensor4D | undefined)[],
    stride: number,
    shape: readonly [number, number, number, number],
  ): tf.Tensor4D;

  /** Cuts a window out of each of the pictures: [B, rows, columns, C]. */
  cutOut(pictures: WithPatches, window: Cut): tf.Tensor4D;

  /** The maximum of each window. Padding never wins; windows with NaN are undefined. */
  maxPool(x: tf.Tensor4D, spec: PoolSpec): tf.Tensor4D;

  /** dy at the first maximum of each window in row-major order, as PyTorch; y = maxPool(x, spec). */
  maxPoolGrad(dy: tf.Tensor4D, x: tf.Tensor4D, y: tf.Tensor4D, spec: PoolSpec): tf.Tensor4D;

  /** The mean of each window, over as many pixels as `spec.countPadding` says. */
  avgPool(x: tf.Tensor4D, spec: AvgPoolSpec): tf.Tensor4D;

  /** dy spread evenly over its window, for an image of `shape` [rows, columns]. */
  avgPoolGrad(dy: tf.Tensor4D, shape: [number, number], spec: AvgPoolSpec): tf.Tensor4D;
}
