/** Fully connected layers, for one row of features or for each place of many. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import { type Activation, type ConvSpec, rotated } from "../kernels/mod.ts";
import { convolve, type Filter } from "./_filter.ts";
import { timesKernel, timesTransposed } from "./_matrix.ts";
import type { BackwardCall, Call, Parameters } from "./op.ts";

/** Places of one picture from which on a layer is a convolution of one pixel: the matrix is arranged once. */
const MANY = 16;

/** How many places of a picture `[batch, …, features]` a layer is for. The batch does not matter. */
const placesOf = (shape: readonly number[]) => sizeOf(shape.slice(1, -1));

const rows = (x: tf.Tensor) => tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D;

/** The matrix `[features, out]` as a kernel of one pixel. */
function asKernel(params: Parameters): Filter["params"] {
  const shape = [1, 1, ...params.shape("kernel")];
  return {
    shape: () => shape,
    // a view of its own: the shape belongs to the array
    values: () => values(params.values("kernel").subarray(0), shape),
    derived: params.derived,
  };
}

/** The layer as a convolution of the places, in a row, with a kernel of one pixel. */
const specOf = (places: number, kernel: readonly number[]): ConvSpec => ({
  kernel: kernel as ConvSpec["kernel"],
  strides: [1, 1],
  dilations: [1, 1],
  pad: { top: 0, left: 0 },
  size: [places, 1],
});

const asImage = (x: tf.Tensor) =>
  tf.reshape(x, [x.shape[0], placesOf(x.shape), 1, x.shape.at(-1)!]) as tf.Tensor4D;

/** x `[batch, …, features]` · kernel `[features, out]` + bias. */
export function denseForward(
  x: tf.Tensor,
  { params }: Pick<Call, "params">,
  activation?: Activation,
): tf.Tensor {
  const places = placesOf(x.shape), shape = [...x.shape.slice(0, -1), params.shape("kernel")[1]];
  if (places < MANY) return tf.reshape(timesKernel(rows(x), params, activation), shape);
  const bias = params.has("bias") ? params.tensor("bias") : undefined;
  const kernel = asKernel(params), spec = specOf(places, kernel.shape("kernel"));
  const filter = { params: kernel, key: "each place" };
  return tf.reshape(convolve(asImage(x), filter, spec, bias, activation), shape);
}

/** The gradient at its input. */
export function denseBackward(
  dy: tf.Tensor,
  { params, inputShapes: [input] }: Pick<BackwardCall, "params" | "inputShapes">,
): tf.Tensor {
  const places = placesOf(input);
  if (places < MANY) return tf.reshape(timesTransposed(rows(dy), params), [...input]);
  const kernel = asKernel(params), arrangement = rotated(kernel.shape("kernel"));
  const filter = { params: kernel, key: "each place, rotated", arrangement };
  const spec = specOf(places, arrangement.shape);
  return tf.reshape(convolve(asImage(dy), filter, spec), [...input]);
}
