/**
 * Inputs of several shapes as one, as Keras's merge layers and, within one rank, NumPy take them: an
 * axis of 1 is repeated; fewer axes than another's are the last ones, `[channels]` beside
 * `[height, width, channels]`.
 */
import * as tf from "../../deps/tfjs.ts";
import { share } from "../_share.ts";
import type { Shape } from "./op.ts";

/** A shape with ones before it. */
const padded = (shape: Shape, rank: number): Shape => [
  ...new Array<number>(rank - shape.length).fill(1),
  ...shape,
];

/** The shape that all have together. @throws Error where they have none. */
export function broadcastShape(inputs: readonly Shape[]): Shape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  const all = inputs.map((shape) => padded(shape, rank));
  return all[0].map((_, axis) => {
    const size = all.map((shape) => shape[axis]).find((n) => n !== 1) ?? 1;
    const odd = all.findIndex((shape) => shape[axis] !== 1 && shape[axis] !== size);
    if (odd < 0) return size;
    const other = all.findIndex((shape) => shape[axis] === size);
    const [a, b] = [inputs[other], inputs[odd]].map((shape) => `[${shape.join(", ")}]`);
    throw new Error(`its inputs differ in shape: ${a} and ${b}`);
  });
}

/** Whether all have one shape already. */
export const alike = (inputs: readonly { readonly shape: Shape }[]): boolean =>
  inputs.every(({ shape }) => shape.join() === inputs[0].shape.join());

/** A shape's batch, then as many axes as `rank` leaves. */
const withBatch = ([batch, ...shape]: Shape, rank: number) => [batch, ...padded(shape, rank - 1)];

/** The inputs with as many axes each. */
export function aligned(inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.rank));
  return inputs.map((x) => x.rank === rank ? x : tf.reshape(x, withBatch(x.shape, rank)));
}

/** The gradient at an input of a shape, batch first: summed over what that was repeated along. */
export function summedTo(dy: tf.Tensor, shape: Shape): tf.Tensor {
  if (dy.shape.join() === shape.join()) return share(dy);
  const from = withBatch(shape, dy.rank);
  const axes = from.flatMap((n, axis) => n === dy.shape[axis] ? [] : [axis]);
  return tf.reshape(axes.length ? tf.sum(dy, axes) : dy, [...shape]);
}
