/** Fully connected layers. */
import { sizeOf } from "../../../core/values.ts";
import { dense as product, denseBack } from "./_dense.ts";
import { forwardWeights, type Kernel, turnedWeights } from "./_kernel.ts";
import { isPicture } from "./layout.ts";
import type { NativeOp, Use } from "./op.ts";

/** The matrix as a kernel of one pixel. */
function kernelOf({ params }: Use): Kernel {
  const [from, out] = params.shape("kernel");
  return { data: params.values("kernel"), shape: [1, 1, from, out], groups: 1 };
}

/** Whether it is one row of features: of a picture of more than a pixel, each pixel has one. */
const isRow = ({ inputShapes: [shape] }: Use) => sizeOf(shape) === shape[shape.length - 1];

export const dense: NativeOp = {
  forward(to, [x], use) {
    const kernel = kernelOf(use), { params, inputShapes: [shape] } = use;
    const bias = params.has("bias") ? params.values("bias") : undefined;
    if (isRow(use)) return product(to, x, use, kernel, bias);
    if (isPicture(shape)) {
      const { data, dims } = forwardWeights(kernel), inputs = [x, to.weights(data, dims)];
      if (bias) inputs.push(to.weights(bias, [bias.length]));
      return to.node("Conv", inputs, { kernel_shape: [1, 1] });
    }
    const y = to.node("MatMul", [x, to.feed(kernel.data, kernel.shape.slice(2))]);
    return bias ? to.node("Add", [y, to.weights(bias, [bias.length])]) : y;
  },
  backward(to, dy, use) {
    const kernel = kernelOf(use);
    if (isRow(use)) return [denseBack(to, dy, use, kernel)];
    const { data, dims } = turnedWeights(kernel);
    return [
      isPicture(use.inputShapes[0])
        ? to.node("Conv", [dy, to.weights(data, dims)], { kernel_shape: [1, 1] })
        : to.node("MatMul", [
          dy,
          to.node("Transpose", [to.feed(kernel.data, kernel.shape.slice(2))], { perm: [1, 0] }),
        ]),
    ];
  },
};
