/** Parts of tensors along any axis, and their joining; axes count from 0, the batch left out. */
import * as tf from "../../deps/tfjs.ts";
import type { Attributes } from "../graph.ts";
import { eachPlace, framed } from "./_places.ts";
import type { Call, Op, Shape } from "./op.ts";

/** What of one axis: `count` of its numbers, from `begin` on, every `step`-th. */
interface Part {
  readonly axis: number;
  readonly begin: number;
  readonly count: number;
  readonly step: number;
}

const partOf = (attrs: Attributes): Part => ({ step: 1, ...attrs }) as unknown as Part;

/** The numbers before, within and behind an axis of a shape with its batch, as three axes. */
const inThree = (shape: Shape, axis: number): [number, number, number] => {
  const product = (part: Shape) => part.reduce((a, b) => a * b, 1);
  return [product(shape.slice(0, axis + 1)), shape[axis + 1], product(shape.slice(axis + 2))];
};

/** The reach of what is done to a picture's channels. */
const alongChannels: Op["reach"] = (inputs, call) =>
  call.attrs.axis === 2 ? eachPlace(inputs, call) : undefined;

/** A part of one axis: `attrs.axis, begin, count, step?`. */
export const sliceAxis: Op = {
  traits: { nature: "routed", sign: "kept" },
  shape([input], { attrs }) {
    const { axis, begin, count, step } = partOf(attrs);
    const last = begin + (count - 1) * step;
    if (!(begin >= 0 && count >= 1 && step >= 1 && last < input[axis])) {
      throw new Error(`[${input.join(", ")}] has no ${begin} to ${last} along axis ${axis}`);
    }
    return input.map((n, i) => i === axis ? count : n);
  },
  reach: alongChannels,
  forward([x], { attrs }) {
    const { axis, begin, count, step } = partOf(attrs);
    const [outer, size, inner] = inThree(x.shape, axis);
    const flat = tf.reshape(x, [outer, size, inner]);
    const part = step === 1
      ? tf.slice(flat, [0, begin, 0], [outer, count, inner])
      : tf.stridedSlice(flat, [0, begin, 0], [outer, begin + (count - 1) * step + 1, inner], [
        1,
        step,
        1,
      ]);
    return tf.reshape(part, x.shape.map((n, i) => i === axis + 1 ? count : n));
  },
  backward(dy, { attrs, inputShapes: [shape] }) {
    const { axis, begin, count, step } = partOf(attrs);
    const [outer, size, inner] = inThree(shape, axis);
    // each number with the step's zeros behind it
    const spaced = tf.pad(tf.reshape(dy, [outer, count, 1, inner]), [
      [0, 0],
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]);
    const row = tf.reshape(spaced, [outer, count * step, inner]);
    const span = (count - 1) * step + 1;
    const own = tf.slice(row, [0, 0, 0], [outer, span, inner]);
    return [
      tf.reshape(tf.pad(own, [[0, 0], [begin, size - begin - span], [0, 0]]), [...shape]),
    ];
  },
};

/** The places that an op takes numbers from, on the backend. */
const indicesOf = ({ attrs, params }: Call) =>
  params.derived("indices", () => tf.tensor1d([...attrs.indices as number[]], "int32"));

/** Numbers of one axis in any order, some never or repeatedly: those at `attrs.indices` of `attrs.axis`. */
export const gatherAxis: Op = {
  traits: { nature: "routed", reorders: true, sign: "kept" },
  shape([input], { attrs }) {
    const axis = attrs.axis as number, indices = attrs.indices as readonly number[];
    const odd = indices.find((n) => !(Number.isInteger(n) && n >= 0 && n < input[axis]));
    if (indices.length === 0 || odd !== undefined) {
      throw new Error(`[${input.join(", ")}] has no ${odd} along axis ${axis}`);
    }
    return input.with(axis, indices.length);
  },
  reach: alongChannels,
  forward: ([x], call) =>
    tf.gather(x, indicesOf(call) as tf.Tensor1D, call.attrs.axis as number + 1),
  backward(dy, call) {
    const [shape] = call.inputShapes,
      [outer, size, inner] = inThree(shape, call.attrs.axis as number);
    const indices = indicesOf(call), given = tf.reshape(dy, [outer, indices.size, inner]);
    // numbers that were taken more than once are summed
    const places = tf.reshape(indices, [-1, 1]), first = tf.transpose(given, [1, 0, 2]);
    const found = tf.scatterND(places, first, [size, outer, inner]);
    return [tf.reshape(tf.transpose(found, [1, 0, 2]), [...shape])];
  },
};

/** Numbers `attrs.value` (default 0) before and behind: `attrs.pads` is [before, behind] of each axis. */
export const padAxes: Op = {
  traits: { nature: "routed", inserts: true },
  shape([input], { attrs }) {
    const pads = attrs.pads as [number, number][];
    if (pads.length !== input.length || pads.flat().some((n) => n < 0)) {
      throw new Error(`[${input.join(", ")}] cannot be padded by [${pads.join("; ")}]`);
    }
    return input.map((n, axis) => n + pads[axis][0] + pads[axis][1]);
  },
  reach([input], { attrs }) {
    const [rows, columns, channels] = attrs.pads as [number, number][];
    if (channels.some((n) => n > 0)) return undefined;
    return {
      window: framed(input, [...rows, ...columns]),
      border: attrs.value as number | undefined,
      attrs: { ...attrs, pads: [[0, 0], [0, 0], [0, 0]] },
    };
  },
  forward: ([x], { attrs }) =>
    tf.pad(x, [[0, 0], ...attrs.pads as [number, number][]], (attrs.value as number) ?? 0),
  backward(dy, { attrs, inputShapes }) {
    const pads = attrs.pads as [number, number][];
    return [tf.slice(dy, [0, ...pads.map(([before]) => before)], [...inputShapes[0]])];
  },
};

/** Along `attrs.axis`; `concat` is that along the channels. */
export const concatAxis: Op = {
  traits: { nature: "routed", sign: "kept" },
  inputs: "several",
  shape(inputs, { attrs }) {
    const axis = attrs.axis as number;
    const beside = inputs.map((shape) => shape.toSpliced(axis, 1).join());
    const odd = beside.findIndex((places) => places !== beside[0]);
    if (odd >= 0 || !(axis < inputs[0].length)) {
      const [a, b] = [inputs[0], inputs[Math.max(odd, 0)]].map((s) => `[${s.join(", ")}]`);
      throw new Error(`its inputs differ in shape beside axis ${axis}: ${a} and ${b}`);
    }
    return inputs[0].toSpliced(axis, 1, inputs.reduce((sum, shape) => sum + shape[axis], 0));
  },
  reach: alongChannels,
  forward: (inputs, { attrs }) => tf.concat([...inputs], attrs.axis as number + 1),
  backward(dy, { attrs, inputShapes }) {
    const axis = attrs.axis as number + 1;
    return tf.split(dy, inputShapes.map((shape) => shape[axis]), axis);
  },
};
