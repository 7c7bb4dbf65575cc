/** Convolutions of each channel on its own. */
import type * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, kernels } from "../kernels/mod.ts";
import { spatialShape, windowOf } from "./_conv.ts";
import type { Call, Op, Shape } from "./op.ts";
import { UNPADDED } from "./window.ts";

function specOf({ attrs, params }: Pick<Call, "attrs" | "params">, input: Shape): ConvSpec {
  const kernel = params.shape("kernel") as ConvSpec["kernel"];
  const window = windowOf({ attrs }, kernel, input);
  return { ...window, kernel, size: window.out };
}

/** Each channel convolved on its own; kernel `[kh, kw, in, multiplier]`. */
export const depthwiseConv2d: Op = {
  traits: { nature: "weighted", convolution: true, outputAxes: 2 },
  needs: ["kernel"],
  shape: (inputs, call) =>
    spatialShape(inputs, call, call.params.kernel[2] * call.params.kernel[3]),
  cost: (_, output, { params: { kernel } }) =>
    output[0] * output[1] * output[2] * kernel[0] * kernel[1],
  reach: ([input], { attrs, params }) => ({
    window: windowOf({ attrs }, params.kernel, input),
    attrs: { ...attrs, ...UNPADDED },
  }),
  fuses: ["relu", "relu6"],
  forward([x], call, activation) {
    const { params } = call, bias = params.has("bias") ? params.tensor("bias") : undefined;
    const kernel = params.tensor("kernel") as tf.Tensor4D;
    return kernels().depthwise(x as tf.Tensor4D, kernel, specOf(call, x.shape), bias, activation);
  },
  backward(dy, call) {
    const [, height, width] = call.inputShapes[0], spec = specOf(call, call.inputShapes[0]);
    const kernel = call.params.tensor("kernel") as tf.Tensor4D;
    return [kernels().depthwiseGrad(dy as tf.Tensor4D, kernel, [height, width], spec)];
  },
};
