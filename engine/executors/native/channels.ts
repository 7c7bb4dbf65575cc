/** Ops that take some channels, or put them in another order. */
import { sizeOf } from "../../../core/values.ts";
import type { Shape } from "../../ops/op.ts";
import { dimsOf, isPicture } from "./layout.ts";
import type { NativeOp } from "./op.ts";
import type { Writer } from "./writer.ts";

/** The axis of channels, or features, behind the batch's. */
export const channelAxis = (shape: Shape): number => isPicture(shape) ? 1 : shape.length;

export const channelSlice: NativeOp = {
  forward(to, [x], { attrs, inputShapes: [shape] }) {
    const from = attrs.from as number, end = attrs.to as number;
    return to.node("Slice", [x, to.ints(from), to.ints(end), to.ints(channelAxis(shape))]);
  },
  backward(to, dy, { attrs, inputShapes: [shape] }) {
    const before = attrs.from as number, after = shape.at(-1)! - (attrs.to as number);
    const axes = Array.from({ length: shape.length + 1 }, (_, axis) => axis);
    const around = (size: number) => axes.map((axis) => axis === channelAxis(shape) ? size : 0);
    return [to.node("Pad", [dy, to.ints(...around(before), ...around(after))])];
  },
};

/** Of so many groups the first channel of each, then the second of each, and so on. */
function dealt(to: Writer, x: string, shape: Shape, groups: number): string {
  const axis = channelAxis(shape), dims = dimsOf(shape), each = dims[axis - 1] / groups;
  const before = sizeOf(dims.slice(0, axis - 1)), after = sizeOf(dims.slice(axis));
  const apart = to.node("Reshape", [x, to.ints(-1, before, groups, each, after)]);
  const turned = to.node("Transpose", [apart], { perm: [0, 1, 3, 2, 4] });
  return to.node("Reshape", [turned, to.ints(-1, ...dims)]);
}

export const channelShuffle: NativeOp = {
  forward: (to, [x], { attrs, inputShapes: [shape] }) =>
    dealt(to, x, shape, attrs.groups as number),
  backward: (to, dy, { attrs, inputShapes: [shape] }) => [
    dealt(to, dy, shape, shape.at(-1)! / (attrs.groups as number)),
  ],
};
