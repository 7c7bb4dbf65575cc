/** Where branches meet: of one shape, or broadcast to one, as `engine/ops/_broadcast.ts` has it. */
import type { Shape } from "../../ops/op.ts";
import { channelAxis } from "./channels.ts";
import { dimsOf } from "./layout.ts";
import type { NativeOp, Use } from "./op.ts";
import type { Writer } from "./writer.ts";

/** A shape with ones before it. */
const padded = (shape: Shape, rank: number): Shape => [
  ...new Array<number>(rank - shape.length).fill(1),
  ...shape,
];

const isAlike = (a: Shape, b: Shape) => a.join() === b.join();

/** The inputs with as many axes each. */
const aligned = (to: Writer, inputs: readonly string[], { inputShapes, outputShape }: Use) =>
  inputs.map((x, i) => {
    const shape = inputShapes[i], { length } = outputShape;
    return shape.length === length
      ? x
      : to.node("Reshape", [x, to.ints(-1, ...dimsOf(padded(shape, length)))]);
  });

/** The gradient at an input of a shape: summed over what that was repeated along. */
function summedTo(to: Writer, dy: string, shape: Shape, outputShape: Shape): string {
  if (isAlike(shape, outputShape)) return dy;
  const from = dimsOf(padded(shape, outputShape.length)), dims = dimsOf(outputShape);
  const axes = from.flatMap((n, axis) => n === dims[axis] ? [] : [axis + 1]);
  const sum = axes.length ? to.node("ReduceSum", [dy, to.ints(...axes)]) : dy;
  return shape.length === outputShape.length
    ? sum
    : to.node("Reshape", [sum, to.ints(-1, ...dimsOf(shape))]);
}

/** One after the other. */
const together = (op: string): NativeOp["forward"] => (to, inputs, use) =>
  aligned(to, inputs, use).reduce((a, b) => to.node(op, [a, b]));

export const add: NativeOp = {
  forward: together("Add"),
  backward: (to, dy, { inputShapes, outputShape }) =>
    inputShapes.map((shape) => summedTo(to, dy, shape, outputShape)),
};

export const multiply: NativeOp = {
  forward: together("Mul"),
  keeps: (_to, inputs, _y, { inputShapes }) =>
    inputs.map((name, i) => ({ name, type: "float32", dims: dimsOf(inputShapes[i]) })),
  backward(to, dy, use, kept) {
    const factors = aligned(to, kept, use);
    return factors.map((_, i) => {
      const others = factors.filter((_, j) => i !== j);
      const product = others.reduce((product, other) => to.node("Mul", [product, other]), dy);
      return summedTo(to, product, use.inputShapes[i], use.outputShape);
    });
  },
};

export const concat: NativeOp = {
  forward: (to, inputs, { outputShape }) =>
    to.node("Concat", inputs, { axis: channelAxis(outputShape) }),
  backward(to, dy, { inputShapes, outputShape }) {
    const sizes = inputShapes.map((shape) => shape[shape.length - 1]);
    const axis = channelAxis(outputShape);
    return sizes.length === 1
      ? [dy]
      : to.nodes("Split", [dy, to.ints(...sizes)], { axis }, sizes.length);
  },
};
