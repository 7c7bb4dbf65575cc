/** What is done to channels, or features: some are taken, all shuffled, each scaled. */
import * as tf from "../../deps/tfjs.ts";
import { sizeOf, values } from "../../core/values.ts";
import { eachPlace } from "./_places.ts";
import type { Op, Parameters } from "./op.ts";

/** The channels from `attrs.from` to before `attrs.to`. */
export const channelSlice: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape([input], { attrs }) {
    const from = attrs.from as number, to = attrs.to as number, channels = input.at(-1)!;
    if (from < 0 || to > channels || from >= to) {
      throw new Error(`there are no channels from ${from} to ${to} in [${input.join(", ")}]`);
    }
    return [...input.slice(0, -1), to - from];
  },
  reach: eachPlace,
  forward([x], { attrs }) {
    const from = attrs.from as number, to = attrs.to as number;
    const start = x.shape.map((_, axis) => axis === x.rank - 1 ? from : 0);
    return tf.slice(x, start, [...x.shape.slice(0, -1), to - from]);
  },
  backward(dy, { attrs, inputShapes: [input] }) {
    const around: [number, number] = [attrs.from as number, input.at(-1)! - (attrs.to as number)];
    return [tf.pad(dy, input.map((_, axis) => axis === input.length - 1 ? around : [0, 0]))];
  },
};

/** Of so many groups the first channel of each, then the second of each, and so on. */
function dealt(x: tf.Tensor, groups: number): tf.Tensor {
  const channels = x.shape.at(-1)!;
  const apart = tf.reshape(x, [-1, groups, channels / groups]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1]), x.shape);
}

/**
 * The channel shuffle of Zhang et al. 2017 (ShuffleNet): of `attrs.groups` groups of channels the first
 * of each, then the second of each, and so on.
 */
export const channelShuffle: Op = {
  traits: { nature: "routed", reorders: true, sign: "kept" },
  shape([input], { attrs }) {
    const groups = attrs.groups as number, channels = input.at(-1)!;
    if (channels % groups) throw new Error(`${channels} channels do not make ${groups} groups`);
    return input;
  },
  reach: eachPlace,
  forward: ([x], { attrs }) => dealt(x, attrs.groups as number),
  backward: (dy, { attrs }) => [dealt(dy, dy.shape.at(-1)! / (attrs.groups as number))],
};

/**
 * Each channel times a learnt factor, as ConvNeXt's layer scale. Parameter `scale`: `[channels]`, or
 * `[1, 1, channels]`.
 */
export const scale: Op = {
  traits: {
    nature: "elementwise",
    affine(params) {
      const factors = params.values("scale"), shape = [factors.length];
      return {
        slope: values(factors, shape),
        shift: values(new Float32Array(factors.length), shape),
      };
    },
  },
  needs: ["scale"],
  shape([input], { params }) {
    if (sizeOf(params.scale) !== input.at(-1) || params.scale.at(-1) !== input.at(-1)) {
      throw new Error(`factors of [${params.scale.join(", ")}] do not fit [${input.join(", ")}]`);
    }
    return input;
  },
  cost: ([input]) => sizeOf(input),
  forward: ([x], { params }) => tf.mul(x, factorsOf(params)),
  backward: (dy, { params }) => [tf.mul(dy, factorsOf(params))],
};

const factorsOf = (params: Parameters) => tf.reshape(params.tensor("scale"), [-1]);
