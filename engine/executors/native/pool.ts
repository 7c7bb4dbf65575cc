/** Pooling. */
import { sizeOf } from "../../../core/values.ts";
import type { Shape } from "../../ops/op.ts";
import { placeWindow, type Window } from "../../ops/window.ts";
import { fitted, framed, type Sides, spread } from "./_frame.ts";
import { dimsOf } from "./layout.ts";
import type { NativeOp, Port, Use } from "./op.ts";
import type { Attributes, Writer } from "./writer.ts";

/** Where the windows lie; nothing is added below and on the right that no window sees. */
function windowOf({ attrs, inputShapes: [[height, width]] }: Use): Window {
  const window = placeWindow(attrs, attrs.kernel as [number, number], height, width);
  const { strides, kernel, pad, out } = window;
  const after = (axis: 0 | 1, size: number) =>
    Math.max(0, (out[axis] - 1) * strides[axis] + kernel[axis] - size);
  const bottom = after(0, height + pad.top), right = after(1, width + pad.left);
  return { ...window, pad: { ...pad, bottom, right } };
}

const asAttributes = (
  kernel: readonly number[],
  strides: readonly number[],
  { top, bottom, left, right }: Sides,
): Attributes => ({ kernel_shape: kernel, strides, pads: [top, left, bottom, right] });

/** The place of each window's maximum among all numbers of the batch: of equals the first. */
function places(to: Writer, x: string, attrs: Attributes, shape: Shape): Port[] {
  const [, name] = to.nodes("MaxPool", [x], attrs, 2);
  return [{ name, type: "int64", dims: dimsOf(shape) }];
}

/** Adds each gradient at its place among zeros. */
function scattered(to: Writer, dy: string, places: string, shape: Shape): string {
  const batch = to.node("Shape", [dy], { start: 0, end: 1 });
  const zeros = to.node("ConstantOfShape", [to.node("Mul", [batch, to.ints(sizeOf(shape))])]);
  const [at, what] = [places, dy].map((x) => to.node("Reshape", [x, to.ints(-1)]));
  const sum = to.node("ScatterElements", [zeros, at, what], { axis: 0, reduction: "add" });
  return to.node("Reshape", [sum, to.ints(-1, ...dimsOf(shape))]);
}

/** Padding never wins; of equals the first takes the gradient. */
export const maxPool: NativeOp = {
  forward(to, [x], use) {
    const { kernel, strides, pad } = windowOf(use);
    return to.node("MaxPool", [x], asAttributes(kernel, strides, pad));
  },
  keeps(to, [x], _y, use) {
    const { kernel, strides, pad } = windowOf(use);
    return places(to, x, asAttributes(kernel, strides, pad), use.outputShape);
  },
  backward: (to, dy, { inputShapes: [shape] }, [places]) => [scattered(to, dy, places, shape)],
};

const whole = ({ inputShapes: [[h, w]] }: Use) =>
  asAttributes([h, w], [1, 1], { top: 0, bottom: 0, left: 0, right: 0 });

export const globalMaxPool: NativeOp = {
  forward: (to, [x], { outputShape }) =>
    to.node("Reshape", [to.node("GlobalMaxPool", [x]), to.ints(-1, ...outputShape)]),
  keeps: (to, [x], _y, use) => places(to, x, whole(use), [1, 1, use.outputShape[0]]),
  backward: maxPool.backward,
};

export const globalAvgPool: NativeOp = {
  forward: (to, [x], { outputShape }) =>
    to.node("Reshape", [to.node("GlobalAveragePool", [x]), to.ints(-1, ...outputShape)]),
  backward(to, dy, { inputShapes: [[h, w, c]] }) {
    const share = to.node("Mul", [dy, to.float(1 / (h * w))]);
    const pixel = to.node("Reshape", [share, to.ints(-1, c, 1, 1)]);
    return [to.node("Expand", [pixel, to.ints(1, 1, h, w)])];
  },
};

/** Of each window along one axis, how many numbers its mean is over. */
function counts(
  out: number,
  stride: number,
  kernel: number,
  from: number,
  to: number,
): number[] {
  return Array.from({ length: out }, (_, i) => {
    const begin = i * stride;
    return Math.min(begin + kernel, to) - Math.max(begin, from);
  });
}

/**
 * What a window's sum over its whole kernel is to be multiplied with to become the mean that is
 * meant, by kernel size: 1 where all lies inside; as numbers `[rows, columns]`, or undefined for 1
 * everywhere.
 */
function shares({ attrs, inputShapes: [[h, w]] }: Use, window: Window): Float32Array | undefined {
  const { kernel: [kh, kw], strides: [sh, sw], pad, out: [oh, ow] } = window, { top, left } = pad;
  const counted = attrs.countPadding === true;
  const [, bottom, , right] = attrs.pad === "same"
    ? [0, pad.bottom, 0, pad.right]
    : attrs.pad as number[];
  const rows = counted ? counts(oh, sh, kh, 0, h + top + bottom) : counts(oh, sh, kh, top, h + top);
  const columns = counted
    ? counts(ow, sw, kw, 0, w + left + right)
    : counts(ow, sw, kw, left, w + left);
  if (rows.every((n) => n === kh) && columns.every((n) => n === kw)) return undefined;
  return Float32Array.from(
    { length: oh * ow },
    (_, i) => kh * kw / (rows[Math.floor(i / ow)] * columns[i % ow]),
  );
}

const shared = (to: Writer, x: string, use: Use, window: Window) => {
  const factors = shares(use, window);
  return factors ? to.node("Mul", [x, to.weights(factors, [...window.out])]) : x;
};

const mean = (
  to: Writer,
  x: string,
  kernel: readonly number[],
  strides: readonly number[],
  pad: Sides,
) => to.node("AveragePool", [x], { ...asAttributes(kernel, strides, pad), count_include_pad: 1 });

/** Over a window's pixels; with `countPadding` over the padding that was declared, too. */
export const avgPool: NativeOp = {
  forward(to, [x], use) {
    const window = windowOf(use), { kernel, strides, pad } = window;
    return shared(to, mean(to, x, kernel, strides, pad), use, window);
  },
  backward(to, dy, use) {
    const window = windowOf(use), { kernel, strides, pad, out } = window;
    const [[height, width]] = use.inputShapes, channels = use.outputShape[2];
    const given = shared(to, dy, use, window);
    const wide = spread(to, given, [channels, ...out], strides);
    const [rows, columns] = kernel.map((n) => n - 1);
    const top = rows - pad.top, left = columns - pad.left;
    const over = [out[0] * strides[0], out[1] * strides[1]];
    // what reaches over the picture is cut off behind, so that no pad is negative
    const bottom = Math.max(0, height - over[0] - top + rows);
    const right = Math.max(0, width - over[1] - left + columns);
    const seen = framed(to, wide, { top, bottom, left, right });
    const none = { top: 0, bottom: 0, left: 0, right: 0 };
    const back = mean(to, seen, kernel, [1, 1], none);
    const size = [over[0] + top + bottom - rows, over[1] + left + right - columns] as const;
    return [fitted(to, back, size, [height, width])];
  },
};

/** Row i averages the pixels ⌊i·size/out⌋ … ⌈(i+1)·size/out⌉ − 1. */
function averaging(out: number, size: number): Float32Array {
  const rows = new Float32Array(out * size);
  for (let i = 0; i < out; i++) {
    const from = Math.floor(i * size / out), to = Math.ceil((i + 1) * size / out);
    rows.fill(1 / (to - from), i * size + from, i * size + to);
  }
  return rows;
}

/** PyTorch's, as a product with a matrix along each side. */
export const adaptiveAvgPool: NativeOp = {
  forward(to, [x], { inputShapes: [[h, w]], outputShape: [oh, ow] }) {
    if (oh === h && ow === w) return x;
    const rows = to.weights(averaging(oh, h), [oh, h]);
    const columns = to.node("Transpose", [to.weights(averaging(ow, w), [ow, w])], { perm: [1, 0] });
    return to.node("MatMul", [to.node("MatMul", [rows, x]), columns]);
  },
  backward(to, dy, { inputShapes: [[h, w]], outputShape: [oh, ow] }) {
    if (oh === h && ow === w) return [dy];
    const rows = to.node("Transpose", [to.weights(averaging(oh, h), [oh, h])], { perm: [1, 0] });
    const columns = to.weights(averaging(ow, w), [ow, w]);
    return [to.node("MatMul", [to.node("MatMul", [rows, dy]), columns])];
  },
};
