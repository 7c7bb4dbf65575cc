/** The order of a picture's axes: the engine's has its channels last, ONNX's first. */
import type { Shape } from "../../ops/op.ts";
import type { Writer } from "./writer.ts";

/** Whether values of a shape (batch left out) are pictures. */
export const isPicture = (shape: Shape): boolean => shape.length === 3;

/** How a value of the engine's shape lies in ONNX graphs, the batch left out. */
export const dimsOf = (shape: Shape): readonly number[] =>
  isPicture(shape) ? [shape[2], shape[0], shape[1]] : shape;

/** Whether both orders have the same numbers in the same places. */
const isSame = (shape: Shape) => !isPicture(shape) || shape[2] === 1 || shape[0] * shape[1] === 1;

/** Gives numbers that lie in one order the dims of the other. */
const dressed = (to: Writer, value: string, dims: readonly number[]) =>
  to.node("Reshape", [value, to.ints(-1, ...dims)]);

/** From the engine's order to ONNX's. */
export function channelsFirst(to: Writer, value: string, shape: Shape): string {
  if (!isPicture(shape)) return value;
  return isSame(shape)
    ? dressed(to, value, dimsOf(shape))
    : to.node("Transpose", [value], { perm: [0, 3, 1, 2] });
}

/** From ONNX's order to the engine's. */
export function channelsLast(to: Writer, value: string, shape: Shape): string {
  if (!isPicture(shape)) return value;
  return isSame(shape)
    ? dressed(to, value, shape)
    : to.node("Transpose", [value], { perm: [0, 2, 3, 1] });
}
