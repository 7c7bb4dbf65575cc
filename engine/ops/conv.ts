/**
 * Convolutions. Backward is again a convolution: of the output's gradient with the kernel rotated by
 * 180° and its channels exchanged, prepared once. Strides:
 * - square stride s: the s² phases of the input's gradient are one stride-1 convolution with s²·in
 *   outputs, then a depth-to-space;
 * - 1×1 kernels: a convolution, then a scatter to every s-th pixel, into the other branch's gradient
 *   where there is one (a ResNet's shortcut);
 * - dilated kernels and unequal strides: the gradient is spread out with zeros first.
 */
import * as tf from "@tensorflow/tfjs";
import { type Values, values } from "../../core/values.ts";
import { kernels } from "../kernels/mod.ts";
import { timesTransposed } from "./dense.ts";
import { type Pad, placeWindow, type Window } from "./_window.ts";
import type { Activation, BackwardCall, Call, Op, Parameters, Shape, ShapeCall } from "./op.ts";

type Explicit = [[number, number], [number, number], [number, number], [number, number]];
const explicit = (p: Pad): Explicit => [[0, 0], [p.top, p.bottom], [p.left, p.right], [0, 0]];

const windowOf = (call: { attrs: Call["attrs"] }, kernel: Shape, input: Shape): Window =>
  placeWindow(call.attrs, [kernel[0], kernel[1]], input.at(-3)!, input.at(-2)!);

function convolve(
  x: tf.Tensor,
  filter: tf.Tensor,
  window: { strides: readonly [number, number]; dilations: readonly [number, number]; pad: Pad },
  bias?: tf.Tensor,
  activation?: Activation,
): tf.Tensor4D {
  return tf.fused.conv2d({
    x: x as tf.Tensor4D,
    filter: filter as tf.Tensor4D,
    strides: [...window.strides],
    dilations: [...window.dilations],
    pad: explicit(window.pad),
    bias,
    activation: activation ?? "linear",
  });
}

const NO_PAD: Pad = { top: 0, bottom: 0, left: 0, right: 0 };
const UNIT = { strides: [1, 1], dilations: [1, 1] } as const;

/** `[kh, kw, in, out]` → rotated by 180°, `[kh, kw, out, in]`. */
function rotated(kernel: tf.Tensor): tf.Tensor {
  const [kh, kw, cin, cout] = kernel.shape as [number, number, number, number];
  const taps = tf.reverse(tf.reshape(kernel, [kh * kw, cin, cout]), 0);
  return tf.reshape(tf.transpose(taps, [0, 2, 1]), [kh, kw, cout, cin]);
}

/**
 * For one axis: input pixel `s·a + q` (phase q) gets output `a + offset`'s gradient through tap
 * `s·(a + offset)`'s distance: `tap = q + pad − s·offset`. `first..last` are the offsets that any
 * phase needs.
 */
function phaseOffsets(kernel: number, stride: number, pad: number) {
  let first = Infinity, last = -Infinity;
  for (let tap = 0; tap < kernel; tap++) {
    for (let q = 0; q < stride; q++) {
      const offset = (q + pad - tap) / stride;
      if (!Number.isInteger(offset)) continue;
      first = Math.min(first, offset);
      last = Math.max(last, offset);
    }
  }
  return { first, count: last - first + 1 };
}

/** The kernel whose stride-1 convolution gives all s² phases: `[rows, columns, out, s·s·in]`. */
function phased(kernel: Values, stride: number, padTop: number, padLeft: number): Values {
  const [kh, kw, cin, cout] = kernel.shape;
  const rows = phaseOffsets(kh, stride, padTop), columns = phaseOffsets(kw, stride, padLeft);
  const shape = [rows.count, columns.count, cout, stride * stride * cin];
  const packed = new Float32Array(shape[0] * shape[1] * shape[2] * shape[3]);
  const modulo = (n: number) => ((n % stride) + stride) % stride;
  for (let i = 0; i < kh; i++) {
    const qi = modulo(i - padTop), di = (qi + padTop - i) / stride - rows.first;
    for (let j = 0; j < kw; j++) {
      const qj = modulo(j - padLeft), dj = (qj + padLeft - j) / stride - columns.first;
      for (let o = 0; o < cout; o++) {
        const to = ((di * shape[1] + dj) * cout + o) * shape[3] + (qi * stride + qj) * cin;
        const from = (i * kw + j) * cin * cout + o;
        for (let c = 0; c < cin; c++) packed[to + c] = kernel[from + c * cout];
      }
    }
  }
  return values(packed, shape);
}

/** How much of a gradient's edge to pad (or, where negative, to crop) before a stride-1 convolution. */
function padOrCrop(x: tf.Tensor4D, pad: Pad): { x: tf.Tensor4D; pad: Pad } {
  if (Math.min(pad.top, pad.bottom, pad.left, pad.right) >= 0) return { x, pad };
  const cut = (n: number) => Math.max(0, -n);
  const [b, h, w, c] = x.shape;
  const cropped = tf.slice(x, [0, cut(pad.top), cut(pad.left), 0], [
    b,
    h - cut(pad.top) - cut(pad.bottom),
    w - cut(pad.left) - cut(pad.right),
    c,
  ]);
  const keep = (n: number) => Math.max(0, n);
  return {
    x: cropped,
    pad: {
      top: keep(pad.top),
      bottom: keep(pad.bottom),
      left: keep(pad.left),
      right: keep(pad.right),
    },
  };
}

/** Spreads a gradient over every `strides`-th pixel, zeros between. */
function spread(dy: tf.Tensor4D, strides: readonly [number, number]): tf.Tensor4D {
  if (strides[0] === 1 && strides[1] === 1) return dy;
  const [, h, w] = dy.shape;
  return kernels().scatter(dy, [(h - 1) * strides[0] + 1, (w - 1) * strides[1] + 1], [...strides]);
}

/** Padding that makes the stride-1 convolution of a (spread) gradient as large as the input. */
function backwardPad(window: Window, kernel: Shape, input: Shape, dy: tf.Tensor4D): Pad {
  const reach = (k: number, d: number) => (k - 1) * d;
  const top = reach(kernel[0], window.dilations[0]) - window.pad.top;
  const left = reach(kernel[1], window.dilations[1]) - window.pad.left;
  return {
    top,
    left,
    bottom: input.at(-3)! + reach(kernel[0], window.dilations[0]) - dy.shape[1] - top,
    right: input.at(-2)! + reach(kernel[1], window.dilations[1]) - dy.shape[2] - left,
  };
}

const isPointwise = (kernel: Shape, w: Window) =>
  kernel[0] === 1 && kernel[1] === 1 && w.pad.top === 0 && w.pad.left === 0;

/** Gradient at the input of a convolution with the kernel of `params` (whatever its bias). */
export function convInputGradient(
  dy: tf.Tensor4D,
  call: Pick<BackwardCall, "attrs" | "inputShapes" | "into">,
  params: Omit<Parameters, "has">,
): tf.Tensor4D {
  const kernelShape = params.shape("kernel");
  const turned = () => params.derived("rotated", () => rotated(params.tensor("kernel")));
  const input = call.inputShapes[0];
  const window = windowOf(call, kernelShape, input);
  const [sh, sw] = window.strides;
  const plain = window.dilations[0] === 1 && window.dilations[1] === 1;
  const [height, width] = [input[1], input[2]];
  if (plain && sh === sw && sh > 1 && isPointwise(kernelShape, window)) {
    const z = convolve(dy, turned(), { ...UNIT, pad: NO_PAD });
    return kernels().scatter(z, [height, width], [sh, sw], call.into as tf.Tensor4D | undefined);
  }
  if (plain && sh === sw && sh > 1) {
    const { top, left } = window.pad;
    const kernel = params.derived(
      `phased:${sh},${top},${left}`,
      () => phased(params.values("kernel"), sh, top, left),
    );
    const rows = phaseOffsets(kernelShape[0], sh, top),
      columns = phaseOffsets(kernelShape[1], sw, left);
    const blocks = [Math.ceil(height / sh), Math.ceil(width / sw)];
    const wanted = {
      top: -rows.first,
      bottom: blocks[0] - dy.shape[1] + rows.first + rows.count - 1,
      left: -columns.first,
      right: blocks[1] - dy.shape[2] + columns.first + columns.count - 1,
    };
    const { x, pad } = padOrCrop(dy, wanted);
    return kernels().depthToSpace(convolve(x, kernel, { ...UNIT, pad }), sh, height, width);
  }
  const wide = spread(dy, window.strides);
  const { x, pad } = padOrCrop(wide, backwardPad(window, kernelShape, input, wide));
  return convolve(x, turned(), {
    strides: [1, 1],
    dilations: window.dilations,
    pad,
  });
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
    const window = windowOf({ attrs }, params.shape("kernel"), x.shape);
    const bias = params.has("bias") ? params.tensor("bias") : undefined;
    if (coversInput(params.shape("kernel"), x.shape, window)) {
      const kernel = asMatrix(params.tensor("kernel"));
      const features = tf.reshape(x, [x.shape[0], -1]) as tf.Tensor2D;
      const y = tf.fused.matMul({
        a: features,
        b: kernel,
        bias,
        activation: activation ?? "linear",
      });
      return tf.reshape(y, [x.shape[0], 1, 1, -1]);
    }
    return convolve(x, params.tensor("kernel"), window, bias, activation);
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
      const g = timesTransposed(features, asMatrix(params.tensor("kernel")));
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

function depthwise(
  x: tf.Tensor4D,
  filter: tf.Tensor,
  w: Pick<Window, "strides" | "dilations" | "pad">,
) {
  const { top, bottom, left, right } = w.pad;
  const padded = top + bottom + left + right > 0 ? tf.pad(x, explicit(w.pad)) : x;
  return tf.depthwiseConv2d(
    padded as tf.Tensor4D,
    filter as tf.Tensor4D,
    [...w.strides],
    "valid",
    "NHWC",
    [...w.dilations],
  );
}

/** Each channel convolved on its own; kernel `[kh, kw, in, multiplier]`. */
export const depthwiseConv2d: Op = {
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
    const { x, pad } = padOrCrop(wide, backwardPad(window, kernel, input, wide));
    const filter = params.derived("rotated", () => rotatedDepthwise(params.tensor("kernel")));
    const g = depthwise(x, filter, { strides: [1, 1], dilations: window.dilations, pad });
    const [b, h, w] = g.shape;
    return [kernel[3] === 1 ? g : tf.sum(tf.reshape(g, [b, h, w, kernel[2], kernel[3]]), 4)];
  },
};
