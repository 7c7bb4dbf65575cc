/** Shapes and what is known of them, sums along axes, and ops that compute nothing. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import { constantOf, integers } from "../../onnx/constants.ts";
import { isLive } from "../../onnx/values.ts";
import { channelsFirst, channelsLast, listIn, say, turned } from "../said.ts";
import { all } from "./arithmetic.ts";

const same: Converter = (call) => say(call, "Identity", [call.input(0)]);

/** A 0 is an axis of no numbers. */
const reshape: Converter = (call) =>
  say(call, "Reshape", [call.input(0), call.constant(1)], { allowzero: 1 });

const squeeze: Converter = (call) => {
  const axes = call.ints("squeeze_dims") ?? call.ints("axis") ?? [];
  return say(call, "Squeeze", [call.input(0), axes.length ? integers(axes) : undefined]);
};

const expandDims: Converter = (call) =>
  say(call, "Unsqueeze", [call.input(0), integers(listIn(call, 1))]);

const transpose: Converter = (call) => {
  const value = call.input(0), order = listIn(call, 1);
  if (order.toSorted((a, b) => a - b).join() !== [...value.shape.keys()].join()) {
    call.fail(`its perm is [${order.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  if (!isLive(value)) call.writer.fold(value.data.length);
  return turned(call, value, order);
};

/** TensorFlow's types: numbers with fractions, bools; all others are whole numbers. */
const FLOATS = new Set([1, 2, 14, 19]);
/** ONNX's numbers of the types that stand for each kind. */
const KINDS = { float: 1, int: 7, bool: 9 } as const;

const cast: Converter = (call) => {
  const type = call.int("DstT", 1);
  const kind = FLOATS.has(type) ? "float" : type === 10 ? "bool" : "int";
  return say(call, "Cast", [call.input(0)], { to: KINDS[kind] });
};

const rank: Converter = (call) => constantOf([], [call.input(0).shape.length], "int");

/** Along axes; over a picture's height and width, as one op. */
const reduce = (op: string): Converter => (call) => {
  const value = call.input(0), rank = value.shape.length;
  const axes = listIn(call, 1).map((axis) => call.axis(axis, rank));
  const keep = call.int("keep_dims", 0) === 1 || call.int("keepdims", 0) === 1;
  if (axes.length === 0) return say(call, "Identity", [value]);
  const isWhole = isLive(value) && rank === 4 && axes.toSorted().join() === "1,2";
  if (!isWhole) return say(call, op, [value, integers(axes)], { keepdims: keep });
  const turnedFirst = channelsFirst(call, value);
  const found = say(call, op, [turnedFirst, integers([2, 3])], { keepdims: keep });
  return keep ? channelsLast(call, found) : found;
};

const fill: Converter = (call) =>
  say(call, "Expand", [call.constant(1), integers(listIn(call, 0))]);

const broadcast: Converter = (call) =>
  say(call, "Expand", [call.input(0), integers(listIn(call, 1))]);

const through = (op: string): Converter => (call: Call) => say(call, op, all(call));

export const shapes: Converters = {
  Identity: same,
  IdentityN: (call) => all(call),
  StopGradient: same,
  Snapshot: same,
  PlaceholderWithDefault: same,
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Transpose: transpose,
  Cast: cast,
  Shape: (call) => say(call, "Shape", [call.input(0)]),
  Size: (call) => constantOf([], [call.input(0).shape.reduce((a, b) => a * b, 1)], "int"),
  Rank: rank,
  Mean: reduce("ReduceMean"),
  Sum: reduce("ReduceSum"),
  Max: reduce("ReduceMax"),
  Min: reduce("ReduceMin"),
  Prod: reduce("ReduceProd"),
  Fill: fill,
  BroadcastTo: broadcast,
  Range: through("Range"),
};
