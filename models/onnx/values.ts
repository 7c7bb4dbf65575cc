/**
 * What a value of an ONNX graph is while the engine's graph is written.
 *
 * ONNX's values are read as those of one picture: an axis that counts pictures has the size 1, wherever
 * it is. The engine's tensors have an axis for the batch before all others, over which every op works
 * on its own; so a batch of pictures needs no care here, whatever an export does with its axis.
 *
 * A value in the engine has the axes in an order of its own, a picture's channels last. What ONNX's
 * axes are of it is a view: for each, the engine's axes whose product it is. Transposes, and reshapes
 * that split or join axes, change the view alone; a node is written only where an op must have its axes
 * in another order than they are in (`layout.ts`).
 */
import type { Constant, Unread } from "./constants.ts";

/** A value that follows from the picture. */
export interface Live {
  readonly node: string;
  /** ONNX's shape, for one picture. */
  readonly shape: readonly number[];
  /**
   * For each of ONNX's axes, the axes of the engine's value that make it up, the outermost first; none
   * for an axis of 1. The engine's axes of 1 are in none.
   */
  readonly axes: readonly (readonly number[])[];
  /** The name of a node that moves numbers, should one be written for this value. */
  readonly pending?: string;
  /** Whether it stands for integers, whose scale is known: they are already what these stand for. */
  readonly quantized?: boolean;
}

export type Value = Live | Constant | Unread;

export const isLive = (value: Value): value is Live => "node" in value;

/** A value with its numbers: it must be none of those that are read late (`late.ts`). */
export function read<T extends Value>(value: T): Exclude<T, Unread> {
  if ("stored" in value) throw new Error("These numbers are read late, and were asked for before");
  return value as Exclude<T, Unread>;
}

/**
 * The view of an engine's value, given for each of its axes which of ONNX's it is.
 *
 * @param shape ONNX's
 * @param order ONNX's axis of each of the engine's
 */
export function view(node: string, shape: readonly number[], order: readonly number[]): Live {
  return {
    node,
    shape,
    axes: shape.map((size, axis) => {
      const at = order.indexOf(axis);
      return size === 1 || at < 0 ? [] : [at];
    }),
  };
}

/** ONNX's axes of an NCHW picture, in the engine's order. */
export const PICTURE = [2, 3, 1] as const;

/** A picture as most ops give it: the engine's `[height, width, channels]` is ONNX's `[1, C, H, W]`. */
export const pictureOf = (node: string, [height, width, channels]: readonly number[]): Live =>
  view(node, [1, channels, height, width], PICTURE);
