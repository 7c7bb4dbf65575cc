/** Pooling, and means over all of a picture. */
import { arranged } from "../layout.ts";
import type { Call, Converter, Converters } from "../call.ts";
import { type Live, pictureOf, type Value, view } from "../values.ts";
import { padding, pair, picture } from "./convolutions.ts";

function pool(call: Call, op: string, more: Record<string, unknown> = {}): Value {
  const node = picture(call, call.live(0));
  if (!call.ints("kernel_shape")) call.fail("it has no kernel_shape", undefined, "bad-file");
  const kernel = pair(call, "kernel_shape", 1, 1), strides = pair(call, "strides", 1, 1);
  const dilations = pair(call, "dilations", 1, 1);
  if (Math.max(...dilations) > 1) call.fail("its window is dilated, which is not supported");
  const pad = padding(call, node, { kernel, strides, dilations });
  if (pad !== "same" && (pad as readonly number[]).some((n, side) => n >= kernel[side >> 1])) {
    call.fail(`its pads [${pad}] are as large as its window [${kernel}]`, undefined, "bad-file");
  }
  const ceil = call.int("ceil_mode", 0) === 1;
  const made = call.add(op, [node], { kernel, strides, pad, ceil, ...more });
  return pictureOf(made, call.writer.shapeOf(made));
}

function maxPool(call: Call): Value {
  if (call.wants(1)) call.fail("its second output, the maxima's places, is not supported");
  return pool(call, "maxPool");
}

const averagePool: Converter = (call) =>
  pool(call, "avgPool", call.int("count_include_pad", 0) === 1 ? { countPadding: true } : {});

/** Over height and width; they stay as axes of 1. */
const global = (op: string): Converter => (call) => {
  const node = picture(call, call.live(0)), made = call.add(op, [node]);
  return view(made, [1, call.writer.shapeOf(made)[0], 1, 1], [1]);
};

const WHOLE: Readonly<Record<string, string>> = {
  reduceMean: "globalAvgPool",
  reduceMax: "globalMaxPool",
};

/** Sums, means and maxima along axes of ONNX's. */
const reduce = (op: string): Converter => (call) => {
  const live = call.live(0), rank = live.shape.length;
  // an input since opset 18 (13 for the sum)
  const given = call.axes(rank, { input: 1 });
  if (!given?.length && call.int("noop_with_empty_axes", 0) === 1) return live;
  const axes = given?.length ? given : [...live.shape.keys()];
  const keep = call.int("keepdims", 1) === 1;
  const shape = live.shape.flatMap((size, axis) => axes.includes(axis) ? keep ? [1] : [] : [size]);
  const reduced = reducedNode(call, op, live, axes);
  if (!reduced) return { ...live, shape, axes: keepOf(live, axes, keep) };
  const { node, order } = reduced;
  // ONNX's axes that are left, in the engine's order, by their new numbers
  const left = order.map((axis) => keep ? axis : axis - axes.filter((a) => a < axis).length);
  return view(node, shape, left);
};

/** The views of the axes that stay. */
const keepOf = (live: Live, axes: readonly number[], keep: boolean) =>
  live.axes.flatMap((own, axis) => axes.includes(axis) ? keep ? [[]] : [] : [own]);

/** The node, and ONNX's axes of its value; nothing where all axes are of 1 already. */
function reducedNode(call: Call, op: string, live: Live, axes: readonly number[]) {
  const wide = axes.filter((axis) => live.shape[axis] > 1);
  if (wide.length === 0) return undefined;
  const isPicture = live.shape.length === 4 && live.shape[0] === 1;
  if (isPicture && Object.hasOwn(WHOLE, op) && axes.toSorted().join() === "2,3") {
    return { node: call.add(WHOLE[op], [picture(call, live)]), order: [1] };
  }
  // the engine's axes stay where they are, where each is one of ONNX's
  const single = live.axes.every(({ length }) => length <= 1);
  const all = live.shape.flatMap((size, axis) => size > 1 ? [axis] : []);
  const order = single ? all.toSorted((a, b) => live.axes[a][0] - live.axes[b][0]) : all;
  const node = arranged(call.writer, live, order.map((axis) => [axis]));
  const at = wide.map((axis) => order.indexOf(axis)).sort((a, b) => a - b);
  const made = call.add(op, [node], { axes: at });
  return { node: made, order: order.filter((axis) => !wide.includes(axis)) };
}

export const pools: Converters = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: global("globalAvgPool"),
  GlobalMaxPool: global("globalMaxPool"),
  ReduceMean: reduce("reduceMean"),
  ReduceSum: reduce("reduceSum"),
  ReduceMax: reduce("reduceMax"),
};
