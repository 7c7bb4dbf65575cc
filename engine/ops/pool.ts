/** Pooling. */
import * as tf from "../../deps/tfjs.ts";
import { values } from "../../core/values.ts";
import { share } from "../_share.ts";
import { type AvgPoolSpec, kernels, type PoolSpec } from "../kernels/mod.ts";
import type { Attributes } from "../graph.ts";
import { alongBoth } from "./_along.ts";
import { placeWindow, UNPADDED } from "./window.ts";
import type { Op, Shape } from "./op.ts";

const place = (attrs: Attributes, input: Shape) =>
  placeWindow(attrs, attrs.kernel as [number, number], input.at(-3)!, input.at(-2)!);

/** The kernels' words for a window on an input of this shape. */
function spec(attrs: Attributes, input: Shape): AvgPoolSpec {
  const { kernel, strides, pad } = place(attrs, input);
  const declared = attrs.pad === "same" ? pad : declaredPad(attrs);
  return {
    filter: [...kernel],
    strides: [...strides],
    pad: { ...declared },
    ceil: attrs.ceil === true,
    countPadding: attrs.countPadding === true,
  };
}

function declaredPad(attrs: Attributes) {
  const [top, bottom, left, right] = attrs.pad as [number, number, number, number];
  return { top, bottom, left, right };
}

const pooledShape: Op["shape"] = ([input], { attrs }) => {
  if (input.length !== 3) throw new Error(`a pool needs a picture, not [${input.join(", ")}]`);
  return [...place(attrs, input).out, input[2]];
};

/** Maximum of each window; attributes `kernel, strides, pad, ceil`. Padding never wins. */
export const maxPool: Op = {
  traits: { nature: "routed", chooses: "greatest", sign: "kept" },
  shape: pooledShape,
  reach: ([input], { attrs }) => ({
    window: place(attrs, input),
    border: -Infinity,
    attrs: { ...attrs, ...UNPADDED },
  }),
  reads: { inputs: true, output: true },
  forward: ([x], { attrs }) => kernels().maxPool(x as tf.Tensor4D, spec(attrs, x.shape)),
  backward: (dy, { attrs, inputs, output }) => {
    const [x] = inputs!;
    return [
      kernels().maxPoolGrad(
        dy as tf.Tensor4D,
        x as tf.Tensor4D,
        output as tf.Tensor4D,
        spec(attrs, x.shape),
      ),
    ];
  },
};

const SIDES = ["top", "bottom", "left", "right"] as const;
const UNCOUNTED = { top: 0, bottom: 0, left: 0, right: 0 };

/** Mean of each window over its valid pixels (over all of them with `countPadding`). */
export const avgPool: Op = {
  traits: { nature: "linear", averages: true, sign: "kept" },
  shape: pooledShape,
  reach([input], { attrs }) {
    const window = place(attrs, input), counted = spec(attrs, input).pad;
    const around = attrs.countPadding ? counted : UNCOUNTED;
    const even = SIDES.every((side) => window.pad[side] <= around[side]);
    return even ? { window, attrs: { ...attrs, ...UNPADDED } } : undefined;
  },
  forward: ([x], { attrs }) => kernels().avgPool(x as tf.Tensor4D, spec(attrs, x.shape)),
  backward: (dy, { attrs, inputShapes: [input] }) => [
    kernels().avgPoolGrad(dy as tf.Tensor4D, [input[1], input[2]], spec(attrs, input)),
  ],
};

/** One window over a whole picture. */
const whole = (height: number, width: number): PoolSpec => ({
  filter: [height, width],
  strides: [1, 1],
  pad: { top: 0, bottom: 0, left: 0, right: 0 },
});

/** Mean over height and width: `[height, width, channels]` → `[channels]`. */
export const globalAvgPool: Op = {
  traits: { nature: "linear", averages: true, head: true, sign: "kept" },
  shape([input]) {
    if (input.length !== 3) throw new Error(`a pool needs a picture, not [${input.join(", ")}]`);
    return [input[2]];
  },
  forward: ([x]) => tf.mean(x, [1, 2]),
  backward(dy, { inputShapes: [[b, h, w, c]] }) {
    const one = tf.reshape(dy, [b, 1, 1, c]) as tf.Tensor4D;
    return [kernels().avgPoolGrad(one, [h, w], { ...whole(h, w), countPadding: false })];
  },
};

/** Maximum over height and width; the first of equals takes the gradient. */
export const globalMaxPool: Op = {
  traits: { nature: "routed", chooses: "greatest", head: true, sign: "kept" },
  shape: globalAvgPool.shape,
  reads: { inputs: true, output: true },
  forward: ([x]) => tf.max(x, [1, 2]),
  backward(dy, { inputs, output }) {
    const x = inputs![0] as tf.Tensor4D;
    const [b, h, w, c] = x.shape;
    const at = (t: tf.Tensor) => tf.reshape(t, [b, 1, 1, c]) as tf.Tensor4D;
    return [kernels().maxPoolGrad(at(dy), x, at(output!), whole(h, w))];
  },
};

/** Row i averages the pixels ⌊i·size/out⌋ … ⌈(i+1)·size/out⌉ − 1. */
function averaging(out: number, size: number) {
  const rows = new Float32Array(out * size);
  for (let i = 0; i < out; i++) {
    const from = Math.floor(i * size / out), to = Math.ceil((i + 1) * size / out);
    rows.fill(1 / (to - from), i * size + from, i * size + to);
  }
  return tf.tensor2d(values(rows, [out, size]), [out, size]);
}

/** The windows of which each has as many pixels; undefined where they do not divide the picture. */
const evenly = (oh: number, ow: number, h: number, w: number): AvgPoolSpec | undefined =>
  h % oh || w % ow ? undefined : {
    filter: [h / oh, w / ow],
    strides: [h / oh, w / ow],
    pad: { top: 0, bottom: 0, left: 0, right: 0 },
    countPadding: false,
  };

const adaptiveSize = ({ size, atLeast }: Attributes, h: number, w: number): [number, number] => {
  const [oh, ow] = size as [number, number];
  return atLeast ? [Math.max(oh, h), Math.max(ow, w)] : [oh, ow];
};

/**
 * PyTorch's `AdaptiveAvgPool2d(size)`; with `atLeast` a side that is larger already stays as it is
 * (timm's VGG head).
 */
export const adaptiveAvgPool: Op = {
  traits: { nature: "linear", averages: true, head: true, sign: "kept" },
  shape: ([[h, w, c]], { attrs }) => [...adaptiveSize(attrs, h, w), c],
  forward([x], { attrs }) {
    const [, h, w] = x.shape;
    const [oh, ow] = adaptiveSize(attrs, h, w);
    if (oh === h && ow === w) return share(x);
    const even = evenly(oh, ow, h, w);
    if (even) return kernels().avgPool(x as tf.Tensor4D, even);
    return alongBoth(x, averaging(oh, h), averaging(ow, w));
  },
  backward(dy, { attrs, inputShapes: [[, h, w]] }) {
    const [oh, ow] = adaptiveSize(attrs, h, w);
    if (oh === h && ow === w) return [share(dy)];
    const even = evenly(oh, ow, h, w);
    if (even) return [kernels().avgPoolGrad(dy as tf.Tensor4D, [h, w], even)];
    return [alongBoth(dy, tf.transpose(averaging(oh, h)), tf.transpose(averaging(ow, w)))];
  },
};
