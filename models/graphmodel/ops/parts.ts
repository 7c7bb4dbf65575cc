/** Parts of values, and their joining. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import { integers } from "../../onnx/constants.ts";
import type { Value } from "../../onnx/values.ts";
import { channelsFirst, channelsLast, listIn, numberIn, say, sayAll } from "../said.ts";
import { all } from "./arithmetic.ts";

/** From some places on, so many numbers; −1 is all that are left. */
const slice: Converter = (call) => {
  const value = call.input(0), begin = listIn(call, 1), size = listIn(call, 2);
  const { shape } = value, rank = shape.length;
  const fits = begin.length === rank && size.length === rank &&
    begin.every((from, axis) =>
      from >= 0 && size[axis] >= -1 && from + Math.max(0, size[axis]) <= shape[axis]
    );
  if (!fits) {
    call.fail(`[${size}] from [${begin}] on are not in [${shape}]`, undefined, "bad-file");
  }
  const ends = begin.map((from, axis) => size[axis] < 0 ? shape[axis] : from + size[axis]);
  return say(call, "Slice", [value, integers(begin), integers(ends)]);
};

const FAR = 2 ** 31 - 1;

/** Ranges with steps; bits of masks say what is left out, all, new, or one number only. */
const stridedSlice: Converter = (call) => {
  const value = call.input(0), rank = value.shape.length;
  const [begin, end, steps] = [1, 2, 3].map((n) => listIn(call, n));
  if (begin.length !== end.length || begin.length !== steps.length || begin.length > 2 * rank + 2) {
    call.fail("its begin, end and strides do not fit", undefined, "bad-file");
  }
  const has = (mask: string, i: number) => (call.int(`${mask}_mask`, 0) >> i & 1) === 1;
  const places = [...begin.keys()];
  const taken = places.filter((i) => !has("new_axis", i) && !has("ellipsis", i)).length;
  const ranges: number[][] = [], shrunk: number[] = [], added: number[] = [];
  let axis = 0, made = 0; // of the value, and of what is made of it
  for (const i of places) {
    if (has("ellipsis", i)) {
      axis += rank - taken;
      made += rank - taken;
    } else if (has("new_axis", i)) {
      added.push(made++);
    } else if (has("shrink_axis", i)) {
      const from = begin[i];
      ranges.push([axis, from, from === -1 ? FAR : from + 1, 1]);
      shrunk.push(axis++);
    } else {
      const step = steps[i], forward = step > 0;
      const from = has("begin", i) ? forward ? 0 : FAR : begin[i];
      const to = has("end", i) ? forward ? FAR : -FAR : end[i];
      ranges.push([axis++, from, to, step]);
      made++;
    }
  }
  if (axis > rank) call.fail(`it takes parts of ${axis} axes of ${rank}`, undefined, "bad-file");
  const list = (n: number) => integers(ranges.map((range) => range[n]));
  const part = ranges.length
    ? say(call, "Slice", [value, list(1), list(2), list(0), list(3)])
    : value;
  const left = shrunk.length ? say(call, "Squeeze", [part, integers(shrunk)]) : part;
  return added.length ? say(call, "Unsqueeze", [left, integers(added)]) : left;
};

/** As many parts as there are alike. */
const split: Converter = (call) => {
  const value = call.input(1), axis = call.axis(numberIn(call, 0), value.shape.length);
  const count = call.int("num_split", call.node.outputs.length), size = value.shape[axis];
  if (!(count >= 1) || size % count) {
    call.fail(`${size} do not split into ${count}`, undefined, "bad-file");
  }
  return sayAll(call, "Split", [value], { axis, num_outputs: count });
};

const splitInSizes: Converter = (call) => {
  const value = call.input(0), axis = call.axis(numberIn(call, 2), value.shape.length);
  const sizes = listIn(call, 1), open = sizes.indexOf(-1);
  const known = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  const whole = open < 0 ? sizes : sizes.with(open, value.shape[axis] - known);
  return sayAll(call, "Split", [value, integers(whole)], { axis });
};

const unpack: Converter = (call) => {
  const value = call.input(0), axis = call.axis(call.int("axis", 0), value.shape.length);
  const count = value.shape[axis];
  if (call.node.outputs.length > count) call.fail(`it has ${count} parts`, undefined, "bad-file");
  const parts = sayAll(call, "Split", [value], { axis, num_outputs: count });
  return parts.slice(0, call.node.outputs.length).map((part, n) =>
    // what nobody reads is what it was
    call.wants(n) ? say(call, "Squeeze", [part, integers([axis])]) : part
  );
};

const joined = (call: Call, values: readonly Value[], axis: number) =>
  say(call, "Concat", values, { axis: call.axis(axis, values[0]?.shape.length ?? 0) });

const concat: Converter = (call) => {
  const values = all(call);
  return joined(call, values.slice(0, -1), numberIn(call, values.length - 1));
};

/** The first version has the axis ahead. */
const oldConcat: Converter = (call) => joined(call, all(call).slice(1), numberIn(call, 0));

const pack: Converter = (call) => {
  const rank = call.input(0).shape.length + 1, axis = call.axis(call.int("axis", 0), rank);
  return joined(
    call,
    all(call).map((value) => say(call, "Unsqueeze", [value, integers([axis])])),
    axis,
  );
};

const gather: Converter = (call) => {
  const axis = call.inputs[2] ? numberIn(call, 2) : 0;
  return say(call, "Gather", [call.input(0), call.constant(1)], { axis });
};

/** Numbers around a value. */
const pad: Converter = (call) => {
  const value = call.live(0), rank = value.shape.length, pads = call.constant(1);
  if (
    pads.shape.join() !== `${rank},2` || !pads.data.every((n) => Number.isSafeInteger(n) && n >= 0)
  ) {
    call.fail(`its paddings are [${pads.data.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  const number = call.node.op === "PadV2" ? call.constant(2) : undefined;
  const isPicture = rank === 4 && value.shape[0] === 1;
  const order = isPicture ? [0, 3, 1, 2] : [...value.shape.keys()];
  const sides = [0, 1].flatMap((side) => order.map((axis) => pads.data[2 * axis + side]));
  const own = isPicture ? channelsFirst(call, value) : value;
  const padded = say(call, "Pad", [own, integers(sides), number]);
  return isPicture ? channelsLast(call, padded) : padded;
};

/** Repeated along its axes, as often as the second input says. */
const tile: Converter = (call) => {
  const times = listIn(call, 1);
  return times.every((n) => n === 1)
    ? say(call, "Identity", [call.input(0)])
    : say(call, "Tile", [call.input(0), integers(times)]);
};

export const parts: Converters = {
  Slice: slice,
  StridedSlice: stridedSlice,
  Split: split,
  SplitV: splitInSizes,
  Unpack: unpack,
  Pack: pack,
  Concat: oldConcat,
  ConcatV2: concat,
  Gather: gather,
  GatherV2: gather,
  Pad: pad,
  PadV2: pad,
  Tile: tile,
};
