/** What is worked out while a model is loaded: operators all of whose inputs are constants. */
import { sizeOf } from "../../core/values.ts";
import type { Call } from "./call.ts";
import {
  broadcastTo,
  commonShape,
  type Constant,
  integers,
  type Kind,
  reshaped,
  strided,
  stridesOf,
  transposed,
  type Unread,
} from "./constants.ts";
import { rangesOf, sizesOf } from "./ops/parts.ts";
import { squeezedShape, unsqueezedShape, wantedShape } from "./ops/shapes.ts";
import { kindOf } from "./tensors.ts";
import { isLive, read } from "./values.ts";

type Fold = (call: Call) => Constant | Unread | readonly Constant[];
type Folds = Readonly<Record<string, Fold>>;

/** A constant of a shape, whose numbers are counted before they are made. */
const made = (
  call: Call,
  shape: readonly number[],
  kind: Kind,
  number: (i: number) => number,
): Constant =>
  call.folded(shape, () => {
    const data = new Float64Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = number(i);
    return data;
  }, kind);

/** A function of each number. */
const each = (f: (n: number) => number, kind?: Kind): Fold => (call) => {
  const x = call.constant(0);
  return made(call, x.shape, kind ?? x.kind, (i) => f(x.data[i]));
};

/** Number by number, broadcast. */
const between = (
  f: (a: number, b: number, isWhole: boolean) => number,
  kind?: Kind,
): Fold =>
(call) => {
  const first = call.constant(0), all = call.inputs.map((_, n) => call.constant(n));
  const shape = commonShape(all.map(({ shape }) => shape)) ??
    call.fail("the shapes of its inputs do not fit", undefined, "bad-file");
  call.writer.fold(all.length * sizeOf(shape));
  return all.slice(1).reduce((a, other) => {
    const b = broadcastTo(other, shape);
    const isWhole = a.kind === "int" && b.kind === "int";
    return made(call, shape, kind ?? a.kind, (i) => f(a.data[i], b.data[i], isWhole));
  }, broadcastTo(first, shape));
};

const elementwise: Folds = {
  Neg: each((n) => -n),
  Abs: each(Math.abs),
  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Reciprocal: each((n) => 1 / n),
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Round: each((n) => Math.abs(n % 1) === 0.5 ? 2 * Math.round(n / 2) : Math.round(n)),
  Sigmoid: each((n) => 1 / (1 + Math.exp(-n))),
  Tanh: each(Math.tanh),
  Relu: each((n) => Math.max(0, n)),
  Not: each((n) => n ? 0 : 1, "bool"),
  Add: between((a, b) => a + b),
  Sum: between((a, b) => a + b),
  Sub: between((a, b) => a - b),
  Mul: between((a, b) => a * b),
  Div: between((a, b, isWhole) => isWhole ? Math.trunc(a / b) : a / b),
  Mod: between((a, b) => b === 0 ? NaN : a - b * Math.floor(a / b)),
  Pow: between((a, b) => a ** b),
  Max: between((a, b) => Math.max(a, b)),
  Min: between((a, b) => Math.min(a, b)),
  Equal: between((a, b) => Number(a === b), "bool"),
  Greater: between((a, b) => Number(a > b), "bool"),
  GreaterOrEqual: between((a, b) => Number(a >= b), "bool"),
  Less: between((a, b) => Number(a < b), "bool"),
  LessOrEqual: between((a, b) => Number(a <= b), "bool"),
  And: between((a, b) => a && b, "bool"),
  Or: between((a, b) => a || b, "bool"),
};

/** Numbers that are numbers of another type; floats become integers by their whole part. */
const cast: Fold = (call) => {
  const kind = kindOf(call.int("to", 1)), x = call.constant(0);
  if (kind === x.kind || kind === "float") return { ...x, kind };
  return made(
    call,
    x.shape,
    kind,
    (i) => kind === "bool" ? Number(!!x.data[i]) : Math.trunc(x.data[i]),
  );
};

const same: Fold = (call) => {
  const value = call.weight(0);
  return isLive(value) ? call.constant(0) : value;
};

const constant: Fold = (call) => {
  const tensor = call.tensor("value");
  if (tensor) return tensor;
  const floats = call.floats("value_floats"), ints = call.ints("value_ints");
  if (floats) return call.folded([floats.length], () => floats);
  if (ints) return integers(ints);
  const { attributes } = call.node;
  if (attributes.has("value_float")) return call.folded([], () => [call.float("value_float", 0)]);
  if (attributes.has("value_int")) return call.folded([], () => [call.int("value_int", 0)], "int");
  return call.fail("it holds neither numbers nor a tensor of them");
};

/** A constant's shape as numbers that may be asked for. */
const sizesIn = (call: Call, n: number): number[] => {
  const sizes = call.numbers(n) ?? [];
  call.rank(sizes.length);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    call.fail(`its shape is [${sizes.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  return sizes;
};

const constantOfShape: Fold = (call) => {
  const given = call.tensor("value"), value = given && read(given);
  return made(call, sizesIn(call, 0), value?.kind ?? "float", () => value?.data[0] ?? 0);
};

const range: Fold = (call) => {
  const [start, limit, delta] = [0, 1, 2].map((n) => call.constant(n).data[0]);
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isSafeInteger(count)) call.fail("it has no end", undefined, "bad-file");
  return made(call, [count], call.constant(0).kind, (i) => start + i * delta);
};

const expand: Fold = (call) => {
  const x = call.constant(0), sizes = sizesIn(call, 1);
  const shape = commonShape([x.shape, sizes]) ?? call.fail("its shapes do not fit");
  call.writer.fold(sizeOf(shape));
  return broadcastTo(x, shape);
};

const where: Fold = (call) => {
  const all = [0, 1, 2].map((n) => call.constant(n));
  const shape = commonShape(all.map(({ shape }) => shape)) ?? call.fail("its shapes do not fit");
  call.writer.fold(3 * sizeOf(shape));
  const [condition, yes, no] = all.map((x) => broadcastTo(x, shape));
  return made(call, shape, yes.kind, (i) => condition.data[i] ? yes.data[i] : no.data[i]);
};

const reshape: Fold = (call) => {
  const x = call.constant(0);
  return reshaped(x, wantedShape(call, x.shape, call.numbers(1) ?? []));
};

const flatten: Fold = (call) => {
  const x = call.constant(0), axis = call.axis(call.int("axis", 1), x.shape.length + 1);
  return reshaped(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
};

const transpose: Fold = (call) => {
  const x = call.constant(0), order = call.ints("perm") ?? [...x.shape.keys()].reverse();
  if (order.toSorted((a, b) => a - b).join() !== [...x.shape.keys()].join()) {
    call.fail(`its perm is [${order.slice(0, 20).join(", ")}]`, undefined, "bad-file");
  }
  call.writer.fold(x.data.length);
  return transposed(x, order);
};

/** A part of one axis. */
function taken(call: Call, x: Constant, axis: number, at: readonly number[]): Constant {
  const inner = sizeOf(x.shape.slice(axis + 1)), size = x.shape[axis];
  const shape = x.shape.with(axis, at.length);
  return made(call, shape, x.kind, (i) => {
    const rest = i % inner, row = Math.floor(i / inner), outer = Math.floor(row / at.length);
    return x.data[(outer * size + at[row % at.length]) * inner + rest];
  });
}

const gather: Fold = (call) => {
  const x = call.constant(0), indices = call.constant(1);
  const axis = call.axis(call.int("axis", 0), x.shape.length), size = x.shape[axis];
  const at = Array.from(indices.data, (n) => n < 0 ? n + size : n);
  if (at.some((n) => !Number.isInteger(n) || n < 0 || n >= size)) {
    call.fail(`its indices are not below ${size}`, undefined, "bad-file");
  }
  return reshaped(taken(call, x, axis, at), x.shape.toSpliced(axis, 1, ...indices.shape));
};

const slice: Fold = (call) =>
  rangesOf(call, call.constant(0).shape).reduce((x, { axis, begin, count, step }) => {
    call.writer.fold(count);
    return taken(call, x, axis, Array.from({ length: count }, (_, i) => begin + i * step));
  }, call.constant(0));

const split: Fold = (call) => {
  const x = call.constant(0), axis = call.axis(call.int("axis", 0), x.shape.length);
  let begin = 0;
  return sizesOf(call, x.shape[axis]).map((count) => {
    const from = begin;
    begin += count;
    return taken(call, x, axis, Array.from({ length: count }, (_, i) => from + i));
  });
};

const concat: Fold = (call) => {
  const first = call.constant(0), all = call.inputs.map((_, n) => call.constant(n));
  const axis = call.axis(call.int("axis", 0), first.shape.length);
  const beside = (x: Constant) => x.shape.toSpliced(axis, 1).join();
  if (all.some((x) => beside(x) !== beside(first))) {
    call.fail("the shapes of its inputs do not fit");
  }
  const total = all.reduce((sum, x) => sum + x.shape[axis], 0),
    shape = first.shape.with(axis, total);
  return call.folded(shape, () => {
    const data = new Float64Array(sizeOf(shape)), outer = sizeOf(first.shape.slice(0, axis));
    let at = 0;
    for (let row = 0; row < outer; row++) {
      for (const x of all) {
        const own = x.data.length / outer;
        data.set(x.data.subarray(row * own, (row + 1) * own), at);
        at += own;
      }
    }
    return data;
  }, first.kind);
};

const tile: Fold = (call) => {
  const x = call.constant(0), times = sizesIn(call, 1), { shape } = x, strides = stridesOf(shape);
  if (times.length !== shape.length) call.fail("its repeats do not fit", undefined, "bad-file");
  // an axis of repeats before each
  const both = shape.flatMap((size, axis) => [times[axis], size]);
  call.writer.fold(sizeOf(both));
  const wide = strided(x, both, strides.flatMap((stride) => [0, stride]));
  return reshaped(wide, shape.map((size, axis) => size * times[axis]));
};

/** Over some axes, in double precision. */
const reduce =
  (f: (a: number, b: number) => number, start: number, mean = false): Fold => (call) => {
    const x = call.constant(0), rank = x.shape.length;
    const given = call.axes(rank, { input: 1 }), keep = call.int("keepdims", 1) === 1;
    const axes = given?.length ? given : [...x.shape.keys()];
    const left = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
    call.writer.fold(x.data.length);
    const { data } = transposed(x, [...left, ...axes]);
    const shape = left.map((axis) => x.shape[axis]),
      count = sizeOf(axes.map((axis) => x.shape[axis]));
    const found = made(call, shape, x.kind, (i) => {
      let all = start;
      for (let n = 0; n < count; n++) all = f(all, data[i * count + n]);
      return mean ? all / count : all;
    });
    return keep
      ? reshaped(found, x.shape.map((size, axis) => axes.includes(axis) ? 1 : size))
      : found;
  };

/** Integers stand for `(number − zero) · scale`, one scale for all or for each place along an axis. */
const dequantize: Fold = (call) => {
  const x = call.constant(0), scale = call.constant(1), zero = call.optional(2);
  if (scale.data.length === 1) {
    const from = zero?.data[0] ?? 0, by = scale.data[0];
    return made(call, x.shape, "float", (i) => (x.data[i] - from) * by);
  }
  const axis = call.axis(call.int("axis", 1), x.shape.length), size = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  if (scale.data.length !== size || zero && zero.data.length !== size) {
    call.fail("it has scales in blocks, which are not supported");
  }
  return made(call, x.shape, "float", (i) => {
    const at = Math.floor(i / inner) % size;
    return (x.data[i] - (zero?.data[at] ?? 0)) * scale.data[at];
  });
};

const clip: Fold = (call) => {
  const x = call.constant(0), old = call.opset < 11;
  const low = old ? call.float("min", -Infinity) : call.optional(1)?.data[0] ?? -Infinity;
  const high = old ? call.float("max", Infinity) : call.optional(2)?.data[0] ?? Infinity;
  return made(call, x.shape, x.kind, (i) => Math.min(high, Math.max(low, x.data[i])));
};

const moving: Folds = {
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  DequantizeLinear: dequantize,
  Dropout: same,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Identity: same,
  Range: range,
  ReduceMax: reduce(Math.max, -Infinity),
  ReduceMean: reduce((a, b) => a + b, 0, true),
  ReduceMin: reduce(Math.min, Infinity),
  ReduceProd: reduce((a, b) => a * b, 1),
  ReduceSum: reduce((a, b) => a + b, 0),
  Reshape: reshape,
  Shape: (call) => integers([...call.constant(0).shape]),
  Size: (call) => call.folded([], () => [call.constant(0).data.length], "int"),
  Slice: slice,
  Split: split,
  Squeeze: (call) => reshaped(call.constant(0), squeezedShape(call, call.constant(0).shape)),
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: (call) => reshaped(call.constant(0), unsqueezedShape(call, call.constant(0).shape)),
  Where: where,
};

/** Operators on constants. */
export const folds: ReadonlyMap<string, Fold> = new Map(
  [...Object.entries(elementwise), ...Object.entries(moving)],
);
