/** Transposed convolutions: the gradient of a convolution, run forward. */
import * as tf from "../../deps/tfjs.ts";
import type { ConvSpec } from "../kernels/mod.ts";
import { convInputGradient, groupsOf } from "./_conv.ts";
import { convolve } from "./_filter.ts";
import type { Call, Op, Shape } from "./op.ts";

type Pair = readonly [number, number];

interface Geometry {
  readonly strides: Pair;
  readonly dilations: Pair;
  /** [top, bottom, left, right]: what is cut off the result. */
  readonly pad: readonly [number, number, number, number];
  /** Rows and columns at the end that complete the size a convolution would have come from. */
  readonly outputPadding: Pair;
}

const geometry = ({ attrs }: Pick<Call, "attrs">) =>
  ({ dilations: [1, 1], outputPadding: [0, 0], ...attrs }) as unknown as Geometry;

/** PyTorch's: (size − 1)·stride − padding + dilation·(kernel − 1) + outputPadding + 1. */
function sizeOf(call: Pick<Call, "attrs">, kernel: Shape, input: Shape): [number, number] {
  const { strides, dilations, pad, outputPadding } = geometry(call);
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    (input.at(axis - 3)! - 1) * strides[axis] - pad[2 * axis] - pad[2 * axis + 1] +
    dilations[axis] * (kernel[axis] - 1) + outputPadding[axis] + 1
  );
  return [rows, columns];
}

/**
 * Kernel `[kh, kw, out, in]`, as Keras stores it, and PyTorch's `[in, out, kh, kw]` turned like a
 * convolution's; attributes `strides, pad, dilations?, outputPadding?` as PyTorch means them.
 */
export const convTranspose2d: Op = {
  traits: { nature: "weighted", convolution: true, outputFirst: true },
  needs: ["kernel"],
  shape([input], call) {
    const { kernel } = call.params, { strides, outputPadding } = geometry(call);
    if (groupsOf(call.attrs) !== 1) {
      throw new Error("a transposed convolution with groups is not supported");
    }
    if (input.length !== 3) {
      throw new Error(`a transposed convolution needs a picture, not [${input.join(", ")}]`);
    }
    if (input[2] !== kernel[3]) {
      throw new Error(`the kernel takes ${kernel[3]} channels, the input has ${input[2]}`);
    }
    const odd = outputPadding.findIndex((n, axis) => n >= strides[axis]);
    if (odd >= 0) {
      throw new Error(
        `the output padding ${outputPadding[odd]} is not below the stride ${strides[odd]}`,
      );
    }
    const [height, width] = sizeOf(call, kernel, input);
    if (height < 1 || width < 1) throw new Error("nothing of the picture is left");
    return [height, width, kernel[2]];
  },
  cost: ([[height, width]], _, { params: { kernel } }) =>
    height * width * kernel[0] * kernel[1] * kernel[2] * kernel[3],
  forward([x], call) {
    const { params } = call, kernel = params.shape("kernel");
    const output = [x.shape[0], ...sizeOf(call, kernel, x.shape), kernel[2]];
    const attrs = { ...geometry(call) };
    const y = convInputGradient(x as tf.Tensor4D, { attrs, inputShapes: [output] }, params);
    return params.has("bias") ? tf.add(y, params.tensor("bias")) : y;
  },
  backward(dy, call) {
    const { params, inputShapes: [[, height, width]] } = call;
    const kernel = params.shape("kernel") as ConvSpec["kernel"];
    const { strides, dilations, pad: [top, , left] } = geometry(call);
    const spec = { kernel, strides, dilations, pad: { top, left }, size: [height, width] as const };
    return [convolve(dy as tf.Tensor4D, { params, key: "conv2d" }, spec)];
  },
};
