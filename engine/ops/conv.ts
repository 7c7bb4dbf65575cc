/** Convolutions of all channels with all, or in groups beside each other. */
import * as tf from "../../deps/tfjs.ts";
import { type ConvSpec, isSmall } from "../kernels/mod.ts";
import { convInputGradient, groupsOf, spatialShape, windowOf } from "./_conv.ts";
import { convolve } from "./_filter.ts";
import { timesKernel, timesTransposed } from "./_matrix.ts";
import { UNPADDED, type Window } from "./window.ts";
import type { Op, Shape } from "./op.ts";

/** Whether the kernel lies over the whole input: then the convolution is a matrix product. */
const coversInput = (kernel: Shape, input: Shape, w: Window) =>
  kernel[0] === input.at(-3) && kernel[1] === input.at(-2) &&
  Math.max(w.pad.top, w.pad.bottom, w.pad.left, w.pad.right) === 0;

/**
 * Kernel `[kh, kw, in / groups, out]`; attributes `strides, pad, dilations?, groups?, exact?`. The
 * first out / groups output channels read the first in / groups input channels, and so on (PyTorch's
 * and Keras's `groups`). `exact` says whether to sum more exactly than in plain single precision;
 * default: where the convolution is small.
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
  reach([input], { attrs, params }) {
    const kernel = params.kernel as ConvSpec["kernel"], window = windowOf({ attrs }, kernel, input);
    // a piece is summed as the whole would be
    const exact = isSmall({ kernel, size: window.out });
    return { window, attrs: { ...attrs, ...UNPADDED, exact } };
  },
  fuses: ["relu", "relu6"],
  forward([x], { attrs, params, apart }, activation) {
    const kernel = params.shape("kernel") as ConvSpec["kernel"], groups = groupsOf(attrs);
    const window = windowOf({ attrs }, kernel, x.shape);
    if (groups === 1 && coversInput(kernel, x.shape, window)) {
      const features = tf.reshape(x, [x.shape[0], -1]) as tf.Tensor2D;
      return tf.reshape(timesKernel(features, params, activation), [x.shape[0], 1, 1, -1]);
    }
    const bias = params.has("bias") ? params.tensor("bias") : undefined;
    const exact = attrs.exact as boolean | undefined;
    const spec = { ...window, kernel, groups, size: window.out, apart, exact };
    return convolve(x as tf.Tensor4D, { params, key: "conv2d" }, spec, bias, activation);
  },
  accumulates: ({ attrs, params }) => {
    const [kh, kw] = params.shape("kernel");
    const [sh, sw] = attrs.strides as [number, number];
    const pad = attrs.pad as "same" | number[];
    return groupsOf(attrs) === 1 && kh === 1 && kw === 1 && sh === sw && sh > 1 &&
      pad !== "same" && pad.every((p) => p === 0);
  },
  backward(dy, call) {
    const { params, inputShapes: [input] } = call;
    const kernel = params.shape("kernel"), window = windowOf(call, kernel, input);
    if (groupsOf(call.attrs) === 1 && coversInput(kernel, input, window)) {
      const features = tf.reshape(dy, [input[0], -1]) as tf.Tensor2D;
      return [tf.reshape(timesTransposed(features, params), [...input])];
    }
    return [convInputGradient(dy as tf.Tensor4D, call, params)];
  },
};
