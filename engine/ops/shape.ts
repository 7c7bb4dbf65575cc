/** Ops that move numbers without computing any. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf } from "../../core/values.ts";
import { share } from "../_share.ts";
import { kernels } from "../kernels/mod.ts";
import { eachPlace, framed } from "./_places.ts";
import type { Op } from "./op.ts";
import { ownPlace } from "./window.ts";

/** Does nothing: a dropout at inference, a linear activation. */
export const identity: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape: ([input]) => input,
  reach: eachPlace,
  forward: ([x]) => share(x),
  backward: (dy) => [share(dy)],
};

/** All of a picture's numbers in a row, channels last. */
export const flatten: Op = {
  traits: { nature: "routed", head: true, sign: "kept" },
  shape: ([input]) => [sizeOf(input)],
  forward: ([x]) => tf.reshape(x, [x.shape[0], -1]),
  backward: (dy, { inputShapes }) => [tf.reshape(dy, [...inputShapes[0]])],
};

/** To `attrs.shape` (batch left out; one entry may be −1). */
export const reshape: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape([input], { attrs }) {
    const target = attrs.shape as number[];
    const known = target.reduce((p, n) => (n < 0 ? p : p * n), 1);
    const shape = target.map((n) => (n < 0 ? sizeOf(input) / known : n));
    if (sizeOf(shape) !== sizeOf(input) || !shape.every(Number.isInteger)) {
      throw new Error(`[${input.join(", ")}] cannot become [${target.join(", ")}]`);
    }
    return shape;
  },
  forward: ([x], { attrs }) => tf.reshape(x, [x.shape[0], ...(attrs.shape as number[])]),
  backward: (dy, { inputShapes }) => [tf.reshape(dy, [...inputShapes[0]])],
};

/** The axes in another order: `attrs.order` says which input axis (from 0, batch left out) each is. */
export const permute: Op = {
  traits: { nature: "routed", reorders: true, sign: "kept" },
  shape([input], { attrs }) {
    const order = attrs.order as number[];
    if (order.toSorted((a, b) => a - b).join() !== [...input.keys()].join()) {
      throw new Error(`[${input.join(", ")}] has no axes [${order.join(", ")}]`);
    }
    return order.map((axis) => input[axis]);
  },
  forward: ([x], { attrs }) =>
    tf.transpose(x, [0, ...(attrs.order as number[]).map((axis) => axis + 1)]),
  backward(dy, { attrs }) {
    const order = attrs.order as number[];
    return [tf.transpose(dy, [0, ...order.map((_, axis) => order.indexOf(axis) + 1)])];
  },
};

/** Zeros around a picture: `attrs.pad` is [top, bottom, left, right]. */
export const zeroPad: Op = {
  traits: { nature: "routed", inserts: true, sign: "kept" },
  shape([[h, w, c]], { attrs }) {
    const [top, bottom, left, right] = attrs.pad as number[];
    return [h + top + bottom, w + left + right, c];
  },
  reach: ([input], { attrs }) => ({
    window: framed(input, attrs.pad as number[]),
    attrs: { ...attrs, pad: [0, 0, 0, 0] },
  }),
  forward([x], { attrs }) {
    const [top, bottom, left, right] = attrs.pad as number[];
    return tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  },
  backward(dy, { attrs, inputShapes }) {
    const [top, , left] = attrs.pad as number[];
    return [tf.slice(dy, [0, top, left, 0], [...inputShapes[0]])];
  },
};

/** Cuts a frame off a picture: `attrs.crop` is [top, bottom, left, right]. */
export const crop: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape([[h, w, c]], { attrs }) {
    const [top, bottom, left, right] = attrs.crop as number[];
    if (h <= top + bottom || w <= left + right) throw new Error(`nothing of ${h}×${w} is left`);
    return [h - top - bottom, w - left - right, c];
  },
  reach: ([input], { attrs }) => ({
    window: framed(input, (attrs.crop as number[]).map((n) => -n)),
    attrs: { ...attrs, crop: [0, 0, 0, 0] },
  }),
  forward([x], { attrs }) {
    const [top, bottom, left, right] = attrs.crop as number[];
    const [b, h, w, c] = x.shape;
    return tf.slice(x, [0, top, left, 0], [b, h - top - bottom, w - left - right, c]);
  },
  backward(dy, { attrs }) {
    const [top, bottom, left, right] = attrs.crop as number[];
    return [tf.pad(dy, [[0, 0], [top, bottom], [left, right], [0, 0]])];
  },
};

/** Every pixel `factor` times in both directions. */
export const upsampleNearest: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape([[h, w, c]], { attrs }) {
    const [fh, fw] = attrs.factor as [number, number];
    return [h * fh, w * fw, c];
  },
  forward([x], { attrs }) {
    const [fh, fw] = attrs.factor as [number, number];
    const [b, h, w, c] = x.shape;
    // one after the other: TensorFlow.js repeats tensors of five axes on the CPU, which WebGPU cannot
    // wait for
    const wide = tf.tile(tf.reshape(x, [b * h * w, 1, c]), [1, fw, 1]);
    const spread = tf.tile(tf.reshape(wide, [b * h, 1, w * fw * c]), [1, fh, 1]);
    return tf.reshape(spread, [b, h * fh, w * fw, c]);
  },
  backward(dy, { attrs, inputShapes }) {
    const [fh, fw] = attrs.factor as [number, number];
    const [b, h, w, c] = inputShapes[0];
    const columns = tf.sum(tf.reshape(dy, [b * h * fh, w, fw, c]), 2);
    return [tf.reshape(tf.sum(tf.reshape(columns, [b * h, fh, w * c]), 1), [b, h, w, c])];
  },
};

/**
 * The parameter-free shortcut of CIFAR ResNets (He et al. 2015, option A): every `stride`-th pixel,
 * `channels[0]` zero channels in front and `channels[1]` behind.
 */
export const shortcutA: Op = {
  traits: { nature: "routed", inserts: true, sign: "kept" },
  shape([[h, w, c]], { attrs }) {
    const stride = attrs.stride as number, [before, after] = attrs.channels as [number, number];
    return [Math.ceil(h / stride), Math.ceil(w / stride), c + before + after];
  },
  reach([[h, w]], { attrs }) {
    const stride = attrs.stride as number;
    const window = ownPlace(Math.ceil(h / stride), Math.ceil(w / stride));
    return { window: { ...window, strides: [stride, stride] } };
  },
  forward([x], { attrs }) {
    const stride = attrs.stride as number, [before, after] = attrs.channels as [number, number];
    const [b, h, w, c] = x.shape;
    const small = tf.stridedSlice(x, [0, 0, 0, 0], [b, h, w, c], [1, stride, stride, 1]);
    return tf.pad(small, [[0, 0], [0, 0], [0, 0], [before, after]]);
  },
  accumulates: () => true,
  backward(dy, { attrs, inputShapes, into }) {
    const stride = attrs.stride as number, [before] = attrs.channels as [number, number];
    const [, h, w, c] = inputShapes[0], [b, oh, ow] = dy.shape;
    const own = tf.slice(dy, [0, 0, 0, before], [b, oh, ow, c]) as tf.Tensor4D;
    return [kernels().scatter(own, [h, w], [stride, stride], into as tf.Tensor4D | undefined)];
  },
};
