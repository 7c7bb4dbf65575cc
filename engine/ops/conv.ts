/** Convolutions of all channels with all, or in groups beside each other. */
import * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, kernels } from "../kernels/mod.ts";
import { convInputGradient, spatialShape, windowOf } from "./_conv.ts";
import { byGroup, groupsOf } from "./_groups.ts";
import type { Window } from "./window.ts";
import type { Op, Parameters, Shape } from "./op.ts";

/** Whether the kernel lies over the whole input: then the convolution is a matrix product. */
const coversInput = (kernel: Shape, input: Shape, w: Window) =>
  kernel[0] === input.at(-3) && kernel[1] === input.at(-2) &&
  Math.max(w.pad.top, w.pad.bottom, w.pad.left, w.pad.right) === 0;

/** The kernel as a matrix `[kh·kw·in, out]`. */
const asMatrix = (kernel: tf.Tensor) => tf.reshape(kernel, [-1, kernel.shape[3]!]) as tf.Tensor2D;

/** All input channels to all output channels. */
const dense: Pick<Op, "forward" | "backward"> = {
  forward([x], { attrs, params }, activation) {
    const kernel = params.shape("kernel") as ConvSpec["kernel"];
    const window = windowOf({ attrs }, kernel, x.shape);
    const bias = params.has("bias") ? params.tensor("bias") : undefined;
    if (coversInput(kernel, x.shape, window)) {
      const features = tf.reshape(x, [x.shape[0], -1]) as tf.Tensor2D;
      const y = kernels().dense(features, asMatrix(params.tensor("kernel")), bias, activation);
      return tf.reshape(y, [x.shape[0], 1, 1, -1]);
    }
    const filter = params.derived("conv2d", () => kernels().convKernel(params.values("kernel")));
    const spec = { ...window, kernel, size: window.out };
    return kernels().conv2d(x as tf.Tensor4D, filter, spec, bias, activation);
  },
  backward(dy, call) {
    const { params, inputShapes: [input] } = call;
    const kernel = params.shape("kernel"), window = windowOf(call, kernel, input);
    if (coversInput(kernel, input, window)) {
      const features = tf.reshape(dy, [input[0], -1]) as tf.Tensor2D;
      const g = kernels().denseGrad(features, asMatrix(params.tensor("kernel")));
      return [tf.reshape(g, [...input])];
    }
    return [convInputGradient(dy as tf.Tensor4D, call, params)];
  },
};

/**
 * Kernel `[kh, kw, in / groups, out]`; attributes `strides, pad, dilations?, groups?`. The first
 * out / groups output channels read the first in / groups input channels, and so on (PyTorch's and
 * Keras's `groups`).
 */
export const conv2d: Op = {
  traits: { nature: "weighted", convolution: true },
  needs: ["kernel"],
  shape(inputs, call) {
    const { kernel } = call.params, groups = groupsOf(call.attrs);
    const takes = groups * kernel[2], input = inputs[0];
    if (input[2] !== takes) {
      throw new Error(`the kernel takes ${takes} channels, the input has ${input[2]}`);
    }
    if (kernel[3] % groups) {
      throw new Error(`${kernel[3]} output channels do not make ${groups} groups`);
    }
    return spatialShape(inputs, call, kernel[3]);
  },
  cost: (_, output, { params: { kernel } }) =>
    output[0] * output[1] * kernel[0] * kernel[1] * kernel[2] * kernel[3],
  fuses: ["relu", "relu6"],
  forward([x], call, activation) {
    const groups = groupsOf(call.attrs);
    if (groups === 1) return dense.forward([x], call, activation);
    return byGroup(
      x,
      call.params,
      groups,
      (own, params) => dense.forward([own], { ...call, params }, activation),
    );
  },
  accumulates: ({ attrs, params }) => {
    const [kh, kw] = params.shape("kernel");
    const [sh, sw] = attrs.strides as [number, number];
    const pad = attrs.pad as "same" | number[];
    return groupsOf(attrs) === 1 && kh === 1 && kw === 1 && sh === sw && sh > 1 &&
      pad !== "same" && pad.every((p) => p === 0);
  },
  backward(dy, call) {
    const groups = groupsOf(call.attrs), [batch, height, width, channels] = call.inputShapes[0];
    if (groups === 1) return dense.backward(dy, call);
    const inputShapes = [[batch, height, width, channels / groups]];
    const one = (own: tf.Tensor, params: Parameters) =>
      dense.backward(own, { ...call, params, inputShapes })[0];
    return [byGroup(dy, call.params, groups, one)];
  },
};
