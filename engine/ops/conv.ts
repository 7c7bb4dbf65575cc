/**
 * Convolutions. Backward is again a convolution: of the output's gradient with the kernel rotated by
 * 180° and its channels exchanged, prepared once. Strides:
 * - square stride s: the s² phases of the input's gradient are one stride-1 convolution with s²·in
 *   outputs, then a depth-to-space;
 * - 1×1 kernels: a convolution, then a scatter to every s-th pixel, into the other branch's gradient
 *   where there is one (a ResNet's shortcut);
 * - dilated kernels and unequal strides: the gradient is spread out with zeros first.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type Arrangement, type ConvSpec, kernels, rotated } from "../kernels/mod.ts";
import { offsets, phased } from "./_phases.ts";
import { type Pad, placeWindow, type Window } from "./_window.ts";
import type { BackwardCall, Call, Op, Parameters, Shape, ShapeCall } from "./op.ts";

const windowOf = (call: { attrs: Call["attrs"] }, kernel: Shape, input: Shape): Window =>
  placeWindow(call.attrs, [kernel[0], kernel[1]], input.at(-3)!, input.at(-2)!);

/** Where the first window of a stride-1 convolution with a rotated kernel begins. */
const turnedCorner = (kernel: Shape, { dilations, pad }: Window) => ({
  top: (kernel[0] - 1) * dilations[0] - pad.top,
  left: (kernel[1] - 1) * dilations[1] - pad.left,
});

/** A convolution of stride 1, `size` pixels large. */
function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor,
  kernel: ConvSpec["kernel"],
  size: readonly [number, number],
  pad: ConvSpec["pad"] = { top: 0, left: 0 },
  dilations: readonly [number, number] = [1, 1],
): tf.Tensor4D {
  return kernels().conv2d(x, filter, { kernel, strides: [1, 1], dilations, pad, size });
}

/** Spreads a gradient over every `strides`-th pixel, zeros between. */
function spread(dy: tf.Tensor4D, strides: readonly [number, number]): tf.Tensor4D {
  if (strides[0] === 1 && strides[1] === 1) return dy;
  const [, h, w] = dy.shape;
  return kernels().scatter(dy, [(h - 1) * strides[0] + 1, (w - 1) * strides[1] + 1], [...strides]);
}

/** Whether each output is one pixel's: a window that lies in the padding is none's. */
const isPointwise = (kernel: Shape, { pad }: Window) =>
  kernel[0] === 1 && kernel[1] === 1 && Math.max(pad.top, pad.bottom, pad.left, pad.right) === 0;

/** Gradient at the input of a convolution with the kernel of `params` (whatever its bias). */
export function convInputGradient(
  dy: tf.Tensor4D,
  call: Pick<BackwardCall, "attrs" | "inputShapes" | "into">,
  params: Omit<Parameters, "has">,
): tf.Tensor4D {
  const shape = params.shape("kernel"), input = call.inputShapes[0];
  const window = windowOf(call, shape, input), { strides, dilations, pad } = window;
  const size = [input[1], input[2]] as const, [s] = strides;
  const filter = (key: string, arrangement: Arrangement) =>
    params.derived(key, () => kernels().convKernel(params.values("kernel"), arrangement));
  const turned = rotated(shape);
  if (s > 1 && s === strides[1] && Math.max(...dilations) === 1) {
    if (isPointwise(shape, window)) {
      const z = convolve(dy, filter("rotated", turned), turned.shape, [dy.shape[1], dy.shape[2]]);
      return kernels().scatter(z, [...size], [s, s], call.into as tf.Tensor4D | undefined);
    }
    const { top, left } = pad, phases = phased(shape, s, top, left);
    const blocks = [Math.ceil(size[0] / s), Math.ceil(size[1] / s)] as const;
    const corner = {
      top: -offsets(shape[0], s, top).first,
      left: -offsets(shape[1], s, left).first,
    };
    const kernel = filter(`phased:${s},${top},${left}`, phases);
    return kernels().depthToSpace(convolve(dy, kernel, phases.shape, blocks, corner), s, ...size);
  }
  const wide = spread(dy, strides), kernel = filter("rotated", turned);
  return convolve(wide, kernel, turned.shape, size, turnedCorner(shape, window), dilations);
}

/** Whether the kernel lies over the whole input: then the convolution is a matrix product. */
const coversInput = (kernel: Shape, input: Shape, w: Window) =>
  kernel[0] === input.at(-3) && kernel[1] === input.at(-2) &&
  Math.max(w.pad.top, w.pad.bottom, w.pad.left, w.pad.right) === 0;

/** The kernel as a matrix `[kh·kw·in, out]`. */
const asMatrix = (kernel: tf.Tensor) => tf.reshape(kernel, [-1, kernel.shape[3]!]) as tf.Tensor2D;

function spatialShape(inputs: readonly Shape[], call: ShapeCall, channels: number): Shape {
  const [input] = inputs, { kernel } = call.params;
  if (input.length !== 3) {
    throw new Error(`a convolution needs a picture, not [${input.join(", ")}]`);
  }
  return [...windowOf(call, kernel, input).out, channels];
}

export const conv2d: Op = {
  traits: { nature: "weighted", convolution: true },
  shape(inputs, call) {
    const { kernel } = call.params;
    if (inputs[0][2] !== kernel[2]) {
      throw new Error(`the kernel takes ${kernel[2]} channels, the input has ${inputs[0][2]}`);
    }
    return spatialShape(inputs, call, kernel[3]);
  },
  cost: (_, output, { params: { kernel } }) =>
    output[0] * output[1] * kernel[0] * kernel[1] * kernel[2] * kernel[3],
  fuses: ["relu", "relu6"],
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
  accumulates: ({ attrs, params }) => {
    const [kh, kw] = params.shape("kernel");
    const [sh, sw] = attrs.strides as [number, number];
    const pad = attrs.pad as "same" | number[];
    return kh === 1 && kw === 1 && sh === sw && sh > 1 && pad !== "same" &&
      pad.every((p) => p === 0);
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

/** Rotates every channel's own kernel: `[kh, kw, in, multiplier]` → `[kh, kw, in·multiplier, 1]`. */
function rotatedDepthwise(kernel: tf.Tensor): tf.Tensor {
  const [kh, kw, cin, multiplier] = kernel.shape as [number, number, number, number];
  const taps = tf.reverse(tf.reshape(kernel, [kh * kw, cin * multiplier]), 0);
  return tf.reshape(taps, [kh, kw, cin * multiplier, 1]);
}

/** Puts zeros around a picture; takes rows and columns away where negative. */
function frame(x: tf.Tensor4D, { top, bottom, left, right }: Pad): tf.Tensor4D {
  const cut = (n: number) => Math.max(0, -n), add = (n: number) => Math.max(0, n);
  const [batch, h, w, channels] = x.shape;
  const [rows, columns] = [h - cut(top) - cut(bottom), w - cut(left) - cut(right)];
  const whole = rows === h && columns === w;
  const seen = whole
    ? x
    : tf.slice(x, [0, cut(top), cut(left), 0], [batch, rows, columns, channels]);
  return Math.max(top, bottom, left, right) <= 0
    ? seen
    : tf.pad(seen, [[0, 0], [add(top), add(bottom)], [add(left), add(right)], [0, 0]]);
}

function depthwise(
  x: tf.Tensor4D,
  filter: tf.Tensor,
  { strides, dilations, pad }: Pick<Window, "strides" | "dilations" | "pad">,
) {
  const kernel = filter as tf.Tensor4D;
  return tf.depthwiseConv2d(frame(x, pad), kernel, [...strides], "valid", "NHWC", [...dilations]);
}

/** Each channel convolved on its own; kernel `[kh, kw, in, multiplier]`. */
export const depthwiseConv2d: Op = {
  traits: { nature: "weighted", convolution: true, outputAxes: 2 },
  shape: (inputs, call) =>
    spatialShape(inputs, call, call.params.kernel[2] * call.params.kernel[3]),
  cost: (_, output, { params: { kernel } }) =>
    output[0] * output[1] * output[2] * kernel[0] * kernel[1],
  forward([x], { attrs, params }) {
    const window = windowOf({ attrs }, params.shape("kernel"), x.shape);
    const y = depthwise(x as tf.Tensor4D, params.tensor("kernel"), window);
    return params.has("bias") ? tf.add(y, params.tensor("bias")) : y;
  },
  backward(dy, { attrs, params, inputShapes }) {
    const kernel = params.shape("kernel"), input = inputShapes[0];
    const window = windowOf({ attrs }, kernel, input);
    const wide = spread(dy as tf.Tensor4D, window.strides);
    const { top, left } = turnedCorner(kernel, window), { dilations } = window;
    const pad = {
      top,
      left,
      bottom: input[1] + (kernel[0] - 1) * dilations[0] - wide.shape[1] - top,
      right: input[2] + (kernel[1] - 1) * dilations[1] - wide.shape[2] - left,
    };
    const filter = params.derived("rotated", () => rotatedDepthwise(params.tensor("kernel")));
    const g = depthwise(wide, filter, { strides: [1, 1], dilations, pad });
    const [b, h, w] = g.shape;
    return [kernel[3] === 1 ? g : tf.sum(tf.reshape(g, [b, h, w, kernel[2], kernel[3]]), 4)];
  },
};
