/**
 * Convolutions. Their way back is again a convolution, as in `engine/ops/_conv.ts`: with the kernel
 * turned, the phases of a stride beside each other; groups and dilations have the gradient spread
 * out with zeros first.
 */
import { offsets, phased } from "../../ops/phases.ts";
import { placeWindow, type Window } from "../../ops/window.ts";
import { dense, denseBack } from "./_dense.ts";
import { fitted, framed, type Sides, spread } from "./_frame.ts";
import {
  forwardWeights,
  type Kernel,
  phasedWeights,
  turnedWeights,
  type Weights,
} from "./_kernel.ts";
import type { NativeOp, Use } from "./op.ts";
import type { Writer } from "./writer.ts";

type Pair = readonly [number, number];

/** The kernel of a use, its channels in groups. */
type KernelOf = (use: Pick<Use, "params" | "attrs">) => Kernel;

/** Where the windows lie; nothing is added below and on the right that no window sees. */
function windowOf({ attrs, inputShapes: [[height, width]] }: Use, { shape }: Kernel): Window {
  const window = placeWindow(attrs, [shape[0], shape[1]], height, width);
  const { strides, dilations, kernel, pad, out } = window;
  const after = (axis: 0 | 1, size: number) =>
    Math.max(0, (out[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - size);
  const bottom = after(0, height + pad.top), right = after(1, width + pad.left);
  return { ...window, pad: { ...pad, bottom, right } };
}

/** Writes a convolution. Rows and columns that `pad` takes away are taken away before. */
function convolved(
  to: Writer,
  x: string,
  { data, dims }: Weights,
  { pad, strides = [1, 1], dilations = [1, 1], groups = 1, bias }: {
    readonly pad: Sides;
    readonly strides?: Pair;
    readonly dilations?: Pair;
    readonly groups?: number;
    readonly bias?: Float32Array;
  },
): string {
  const part = (pick: (n: number) => number) => ({
    top: pick(pad.top),
    bottom: pick(pad.bottom),
    left: pick(pad.left),
    right: pick(pad.right),
  });
  const { top, bottom, left, right } = part((n) => Math.max(0, n));
  const seen = framed(to, x, part((n) => Math.min(0, n)));
  const inputs = [seen, to.weights(data, dims)];
  if (bias) inputs.push(to.weights(bias, [bias.length]));
  return to.node("Conv", inputs, {
    kernel_shape: dims.slice(2),
    strides,
    dilations,
    group: groups,
    pads: [top, left, bottom, right],
  });
}

/** The convolution of stride 1 with the turned kernel, to pictures of `size`. */
function turned(
  to: Writer,
  dy: string,
  [oh, ow]: Pair,
  [height, width]: Pair,
  kernel: Kernel,
  { dilations: [dh, dw], pad, dilations }: Window,
): string {
  const { shape: [kh, kw], groups } = kernel, rows = (kh - 1) * dh, columns = (kw - 1) * dw;
  const top = rows - pad.top, left = columns - pad.left;
  return convolved(to, dy, turnedWeights(kernel), {
    pad: {
      top,
      left,
      bottom: height - oh - top + rows,
      right: width - ow - left + columns,
    },
    dilations,
    groups,
  });
}

/** Whether each output is one pixel's. */
const isPointwise = ({ kernel: [kh, kw], pad }: Window) =>
  kh === 1 && kw === 1 && Math.max(pad.top, pad.bottom, pad.left, pad.right) === 0;

/** All phases of a square stride as one convolution of stride 1, then laid out as pixels. */
function byPhases(to: Writer, dy: string, kernel: Kernel, window: Window, size: Pair): string {
  const { strides: [s], pad, out } = window, { shape: [kh, kw] } = kernel;
  const phases = phased(kernel.shape, s, pad.top, pad.left), [rows, columns] = phases.shape;
  const blocks = [Math.ceil(size[0] / s), Math.ceil(size[1] / s)];
  const top = -offsets(kh, s, pad.top).first, left = -offsets(kw, s, pad.left).first;
  const z = convolved(to, dy, phasedWeights(kernel, phases), {
    pad: {
      top,
      left,
      bottom: blocks[0] - out[0] - top + rows - 1,
      right: blocks[1] - out[1] - left + columns - 1,
    },
  });
  const wide = to.node("DepthToSpace", [z], { blocksize: s, mode: "DCR" });
  return fitted(to, wide, [blocks[0] * s, blocks[1] * s], size);
}

function back(to: Writer, dy: string, use: Use, kernel: Kernel): string {
  const [[height, width, channels]] = use.inputShapes, size: Pair = [height, width];
  const window = windowOf(use, kernel), { strides, dilations, out } = window;
  const [rows, columns] = strides;
  if (rows === 1 && columns === 1) return turned(to, dy, out, size, kernel, window);
  const over: Pair = [out[0] * rows, out[1] * columns];
  if (isPointwise(window)) {
    const z = turned(to, dy, out, out, kernel, window);
    return fitted(to, spread(to, z, [channels, ...out], strides), over, size);
  }
  if (kernel.groups === 1 && rows === columns && Math.max(...dilations) === 1) {
    return byPhases(to, dy, kernel, window, size);
  }
  const wide = spread(to, dy, [use.outputShape[2], ...out], strides);
  return turned(to, wide, over, size, kernel, window);
}

/** Whether the kernel lies over the whole input: then the convolution is a matrix product. */
const coversInput = ({ shape: [kh, kw], groups }: Kernel, { inputShapes: [[h, w]] }: Use, {
  pad: { top, bottom, left, right },
}: Window) => groups === 1 && kh === h && kw === w && Math.max(top, bottom, left, right) === 0;

const convolution = (kernelOf: KernelOf): NativeOp => ({
  forward(to, [x], use) {
    const kernel = kernelOf(use),
      window = windowOf(use, kernel),
      { pad, strides, dilations } = window;
    const bias = use.params.has("bias") ? use.params.values("bias") : undefined;
    if (coversInput(kernel, use, window)) return dense(to, x, use, kernel, bias);
    const { groups } = kernel;
    return convolved(to, x, forwardWeights(kernel), { pad, strides, dilations, groups, bias });
  },
  backward(to, dy, use) {
    const kernel = kernelOf(use);
    return [
      coversInput(kernel, use, windowOf(use, kernel))
        ? denseBack(to, dy, use, kernel)
        : back(to, dy, use, kernel),
    ];
  },
});

export const conv2d: NativeOp = convolution(({ params, attrs: { groups = 1 } }) => {
  const [kh, kw, depth, all] = params.shape("kernel");
  return { data: params.values("kernel"), shape: [kh, kw, depth, all], groups: groups as number };
});

/** A group for each channel. */
export const depthwiseConv2d: NativeOp = convolution(({ params }) => {
  const [kh, kw, channels, multiplier] = params.shape("kernel");
  const shape = [kh, kw, 1, channels * multiplier] as const;
  return { data: params.values("kernel"), shape, groups: channels };
});
