/** Parts of values along an axis, and their joining. */
import { MAX_INDICES } from "../../_limits.ts";
import type { Call, Converter, Converters } from "../call.ts";
import { arranged, reshaped } from "../layout.ts";
import { isLive, type Live, PICTURE, type Value, view } from "../values.ts";
import { asLive } from "./arithmetic.ts";
import { picture } from "./convolutions.ts";

/** ONNX's axes in the engine's order: those with more than one number, and some that must be there. */
export function orderOf(live: Live, ...also: readonly number[]): number[] {
  const { shape, axes } = live;
  const wide = [...shape.keys()].filter((axis) => shape[axis] > 1 || also.includes(axis));
  if (shape.length === 4 && shape[0] === 1) {
    const places = PICTURE.flatMap((axis) => axes[axis]);
    if (places.every((place, i) => i === 0 || places[i - 1] < place)) return [...PICTURE];
  }
  if (wide.some((axis) => axes[axis].length > 1)) return wide;
  // those of 1 behind the rest
  const place = (axis: number) => axes[axis][0] ?? Infinity;
  return wide.toSorted((a, b) => place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a - b);
}

/** Values that differ along one axis at most, their axes in one order. */
export function together(call: Call, values: readonly Value[], axis: number) {
  const lives = values.map((value) => isLive(value) ? value : asLive(call, value));
  const count = ({ shape }: Live) => shape.reduce((a, b) => a * b, 1);
  const largest = lives.reduce((a, b) => count(b) > count(a) ? b : a);
  const order = orderOf(largest, axis), { shape } = largest;
  for (const live of lives) {
    if (live.shape.some((size, a) => a !== axis && size !== shape[a])) {
      call.fail(
        `[${live.shape.join(", ")}] and [${shape.join(", ")}] differ beside axis ${axis}`,
        undefined,
        "bad-file",
      );
    }
  }
  const nodes = lives.map((live) => arranged(call.writer, live, order.map((a) => [a])));
  const total = lives.reduce((sum, live) => sum + live.shape[axis], 0);
  return { nodes, order, shape: shape.with(axis, total) };
}

/** What of one of ONNX's axes. */
export interface Range {
  readonly axis: number;
  readonly begin: number;
  readonly count: number;
  readonly step: number;
}

/** A part of a value, under a name. */
function part(call: Call, live: Live, { axis, begin, count, step }: Range): Live {
  if (begin === 0 && count === live.shape[axis] && step === 1) return live;
  if (count < 1) call.fail("nothing is left of what it reads");
  const order = orderOf(live, axis);
  const node = arranged(call.writer, live, order.map((a) => [a]));
  const attrs = { axis: order.indexOf(axis), begin, count, ...(step === 1 ? {} : { step }) };
  const made = call.writer.helper("sliceAxis", [node], attrs, call.name);
  return view(made, live.shape.with(axis, count), order);
}

/** The same with a step below zero. */
function backwards(call: Call, live: Live, { axis, begin, count, step }: Range): Live {
  if (count < 1) call.fail("nothing is left of what it reads");
  return chosen(call, live, axis, count, (i) => begin + i * step);
}

/** Numbers of one of ONNX's axes, in any order, some never or repeatedly: number i is that at `from(i)`. */
function chosen(
  call: Call,
  live: Live,
  axis: number,
  count: number,
  from: (i: number) => number,
): Live {
  if (!(count <= MAX_INDICES)) {
    call.fail(`it takes ${count} of an axis; ${MAX_INDICES} are the limit`, undefined, "bad-file");
  }
  const order = orderOf(live, axis), indices = Array.from({ length: count }, (_, i) => from(i));
  const node = arranged(call.writer, live, order.map((a) => [a]));
  const attrs = { axis: order.indexOf(axis), indices };
  const made = call.writer.helper("gatherAxis", [node], attrs, call.name);
  return view(made, live.shape.with(axis, count), order);
}

/** What a Slice takes: attributes until opset 9, then inputs. */
export function rangesOf(call: Call, shape: readonly number[]): Range[] {
  const old = call.opset < 10;
  const list = (name: string, n: number) => old ? call.ints(name) : call.numbers(n);
  const starts = list("starts", 1), ends = list("ends", 2);
  const rank = shape.length, axes = list("axes", 3) ?? starts?.map((_, i) => i);
  const steps = (old ? undefined : call.numbers(4)) ?? starts?.map(() => 1);
  if (
    !starts || !ends || !axes || !steps || axes.length !== starts.length ||
    ends.length !== starts.length || steps.length !== starts.length
  ) {
    return call.fail("its starts, ends, axes and steps do not fit", undefined, "bad-file");
  }
  return starts.map((start, i) => {
    const axis = call.axis(axes[i], rank), size = shape[axis], step = steps[i];
    if (!Number.isSafeInteger(step) || step === 0) {
      call.fail(`its step is ${step}`, undefined, "bad-file");
    }
    const from = start < 0 ? start + size : start, to = ends[i] < 0 ? ends[i] + size : ends[i];
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const clamp = (n: number, least: number, most: number) => Math.max(least, Math.min(most, n));
    const begin = step > 0 ? clamp(from, 0, size) : clamp(from, 0, size - 1);
    const end = clamp(to, low, high);
    return { axis, begin, count: Math.max(0, Math.ceil((end - begin) / step)), step };
  });
}

const slice: Converter = (call) => {
  const live = call.live(0), ranges = rangesOf(call, live.shape);
  return ranges.reduce(
    (value, range) => range.step > 0 ? part(call, value, range) : backwards(call, value, range),
    live,
  );
};

/** The sizes of a Split's parts: an attribute until opset 12, then an input, or as many alike. */
export function sizesOf(call: Call, size: number): number[] {
  const given = call.node.attributes.has("split") ? call.ints("split") : call.numbers(1);
  const count = given?.length ?? call.int("num_outputs", call.node.outputs.length);
  const each = Math.ceil(size / count);
  const sizes = given ?? Array.from({ length: count }, (_, i) => Math.min(each, size - i * each));
  const fits = sizes.every((n) => Number.isSafeInteger(n) && n >= 0) &&
    sizes.reduce((a, b) => a + b, 0) === size && sizes.length >= call.node.outputs.length;
  if (!fits) {
    call.fail(`${size} do not split into [${sizes.slice(0, 9).join(", ")}]`, undefined, "bad-file");
  }
  return sizes;
}

const split: Converter = (call) => {
  const live = call.live(0), axis = call.axis(call.int("axis", 0), live.shape.length);
  let begin = 0;
  return sizesOf(call, live.shape[axis]).slice(0, call.node.outputs.length).map((count, n) => {
    const range = { axis, begin, count, step: 1 };
    begin += count;
    // what nobody reads is not written
    return call.wants(n) ? part(call, live, range) : live;
  });
};

const gather: Converter = (call) => {
  const live = call.live(0), axis = call.axis(call.int("axis", 0), live.shape.length);
  const indices = call.constant(1), size = live.shape[axis];
  const at = Array.from(indices.data, (n) => n < 0 ? n + size : n);
  if (at.length === 0 || at.some((n) => !Number.isInteger(n) || n < 0 || n >= size)) {
    call.fail(`its indices are not below ${size}`, undefined, "bad-file");
  }
  const step = at.length > 1 ? at[1] - at[0] : 1;
  const isEven = step >= 1 && at.every((n, i) => n === at[0] + i * step);
  const taken = isEven
    ? part(call, live, { axis, begin: at[0], count: at.length, step })
    : chosen(call, live, axis, at.length, (i) => at[i]);
  return reshaped(call.writer, taken, live.shape.toSpliced(axis, 1, ...indices.shape));
};

/** Repeated along its axes, as often as the second input says. */
const tile: Converter = (call) => {
  const live = call.live(0), times = call.numbers(1) ?? [];
  if (times.length !== live.shape.length || !times.every((n) => Number.isSafeInteger(n) && n > 0)) {
    call.fail(`its repeats are [${times.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  return times.reduce((value, n, axis) => repeated(call, value, axis, n), live);
};

/** One after the other along an axis. */
export function repeated(call: Call, live: Live, axis: number, times: number): Live {
  if (times === 1) return live;
  const size = live.shape[axis];
  return chosen(call, live, axis, size * times, (i) => i % size);
}

const pad: Converter = (call) => {
  const live = call.live(0), rank = live.shape.length;
  call.only("mode", "constant");
  const pads = call.opset < 11 ? call.ints("pads") : call.numbers(1);
  const value = call.opset < 11 ? call.float("value", 0) : call.optional(2)?.data[0] ?? 0;
  const axes = call.numbers(3)?.map((axis) => call.axis(axis, rank)) ?? [...live.shape.keys()];
  if (!pads || pads.length !== 2 * axes.length || !pads.every(Number.isSafeInteger)) {
    return call.fail("its pads do not fit what it reads", undefined, "bad-file");
  }
  // what is negative is cut off first
  let own = live;
  const sides = live.shape.map(() => [0, 0]);
  axes.forEach((axis, i) => {
    const [before, behind] = [pads[i], pads[i + axes.length]];
    const begin = Math.max(0, -before), cut = begin + Math.max(0, -behind);
    own = part(call, own, { axis, begin, count: own.shape[axis] - cut, step: 1 });
    sides[axis] = [Math.max(0, before), Math.max(0, behind)];
  });
  const padded = sides.flatMap(([a, b], axis) => a + b > 0 ? [axis] : []);
  if (padded.length === 0) return own;
  const shape = own.shape.map((size, axis) => size + sides[axis][0] + sides[axis][1]);
  if (value === 0 && rank === 4 && padded.every((axis) => axis > 1) && own.shape[0] === 1) {
    const node = call.add("zeroPad", [picture(call, own)], { pad: [...sides[2], ...sides[3]] });
    return view(node, shape, PICTURE);
  }
  const order = orderOf(own, ...padded);
  const node = arranged(call.writer, own, order.map((axis) => [axis]));
  const attrs = { pads: order.map((axis) => sides[axis]), ...(value === 0 ? {} : { value }) };
  return view(call.add("padAxes", [node], attrs), shape, order);
};

export const parts: Converters = {
  Slice: slice,
  Split: split,
  Gather: gather,
  Pad: pad,
  Tile: tile,
};
