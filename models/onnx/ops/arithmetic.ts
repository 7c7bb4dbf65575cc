/** Arithmetic: with constants, and between branches. */
import { INPUT } from "../../../engine/graph.ts";
import { broadcastTo, commonShape, type Constant, constantOf, type Unread } from "../constants.ts";
import type { Call, Converter, Converters } from "../call.ts";
import { arranged, spread } from "../layout.ts";
import { isLive, type Live, PICTURE, type Value, view } from "../values.ts";
import { asIs, type Parameter } from "../parameter.ts";
import { clipped } from "./activations.ts";

/** A constant as a node: numbers that are the same for each picture. */
export function asLive(call: Call, constant: Constant | Unread): Live {
  const wide = constant.shape.flatMap((size, axis) => size === 1 ? [] : [axis]);
  const shape = wide.length ? wide.map((axis) => constant.shape[axis]) : [1];
  const value = { value: asIs(constant, shape) };
  const node = call.writer.helper("constant", [INPUT], {}, undefined, value);
  return view(node, constant.shape, wide);
}

/** The shape of several values together. */
function together(call: Call, values: readonly Value[]): number[] {
  return commonShape(values.map(({ shape }) => shape)) ?? call.fail(
    `the shapes ${values.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ")} do not fit`,
    undefined,
    "bad-file",
  );
}

/** A view with axes of 1 in front. */
const ranked = (live: Live, rank: number): Live => {
  const ahead = rank - live.shape.length;
  return {
    ...live,
    shape: [...new Array<number>(ahead).fill(1), ...live.shape],
    axes: [...new Array<number[]>(ahead).fill([]), ...live.axes],
  };
};

/** The order in which ONNX's axes are when values meet: that of the largest, as the engine has it. */
function meeting(lives: readonly Live[], shape: readonly number[]): number[] {
  const count = ({ shape }: Live) => shape.reduce((a, b) => a * b, 1);
  const largest = lives.reduce((a, b) => count(b) > count(a) ? b : a);
  const wide = shape.flatMap((size, axis) => size > 1 ? [axis] : []);
  const whole = wide.every((axis) => largest.axes[axis].length === 1);
  if (whole) return wide.sort((a, b) => largest.axes[a][0] - largest.axes[b][0]);
  return shape.length === 4 && shape[0] === 1 ? [...PICTURE] : wide;
}

/** Values between which an op computes number by number, of one shape or broadcast to one. */
export function joined(
  call: Call,
  op: string,
  values: readonly Value[],
  attrs: Readonly<Record<string, unknown>> = {},
): Live {
  const shape = together(call, values), { writer } = call;
  const lives = values.map((value) =>
    ranked(isLive(value) ? value : asLive(call, value), shape.length)
  );
  const [first] = lives;
  const alike = lives.every((live) =>
    live.shape.join() === shape.join() &&
    JSON.stringify(live.axes) === JSON.stringify(first.axes) &&
    writer.shapeOf(live.node).join() === writer.shapeOf(first.node).join()
  );
  if (alike) {
    return {
      ...first,
      node: call.add(op, lives.map(({ node }) => node), attrs),
      pending: undefined,
    };
  }
  // a picture's axes of 1 stay, so that what reads it next need not bring them back
  const isPicture = shape.length === 4 && shape[0] === 1;
  const met = meeting(lives, shape);
  const order =
    isPicture && met.every((axis, i) => axis === PICTURE.filter((a) => met.includes(a))[i])
      ? [...PICTURE]
      : met;
  const nodes = lives.map((live) => {
    const target = order.map((axis) => live.shape[axis]);
    if (writer.shapeOf(live.node).join() === target.join()) {
      return arranged(writer, live, order.map((axis) => [axis]));
    }
    const from = Math.min(target.findIndex((size) => size > 1), order.length - 1);
    return arranged(writer, live, order.slice(Math.max(0, from)).map((axis) => [axis]));
  });
  const made = call.add(op, nodes, attrs), rank = writer.shapeOf(made).length;
  return view(made, shape, order.slice(order.length - rank));
}

/** A constant's numbers, each changed, in double precision. */
const mapped = (constant: Constant, f: (n: number) => number): Constant =>
  constantOf(constant.shape, Float64Array.from(constant.data, f));

/** `scale · live + offset`, each a constant that broadcasts to the value. */
export function affine(
  call: Call,
  live: Live,
  constants: { readonly scale?: Constant; readonly offset?: Constant },
): Value {
  const shape = together(call, [live, ...Object.values(constants)]);
  if (shape.join() !== live.shape.join()) {
    // the constant is the larger
    const { scale, offset } = constants;
    const product = scale ? joined(call, "multiply", [live, scale]) : live;
    return offset ? joined(call, "add", [product, offset]) : product;
  }
  const own = call.writer.shapeOf(live.node), channels = own.at(-1)!;
  const spreadOut = Object.entries(constants).map(([role, constant]) =>
    [role, spread(call.writer, constant, live)] as const
  );
  const each = spreadOut.every(([, { data, shape }]) =>
    data.length === 1 || shape.length === 1 && shape[0] === channels
  );
  const params = Object.fromEntries(
    spreadOut.map(([role, constant]): [string, Parameter] => [
      role,
      asIs(each ? broadcastTo(constant, [channels]) : constant),
    ]),
  );
  const node = call.add(each ? "affine" : "affineEach", [live.node], {}, params);
  return { ...live, node, pending: undefined };
}

const negated = (constant: Constant) => mapped(constant, (n) => -n);

/** A constant that is one and the same number; undefined where it is not. */
export function single(value: Live | Constant): number | undefined {
  if (isLive(value) || value.data.length === 0) return undefined;
  const [first] = value.data;
  return value.data.every((n) => n === first) ? first : undefined;
}

/** The inputs of an operator that has two: one of them is live. */
function two(call: Call): readonly [Live | Constant, Live | Constant] {
  const { length } = call.inputs;
  if (length !== 2) call.fail(`it has ${length} inputs, and takes 2`, undefined, "bad-file");
  return [call.input(0), call.input(1)];
}

const add: Converter = (call) => {
  const [a, b] = two(call);
  if (isLive(a) && isLive(b)) return joined(call, "add", [a, b]);
  return isLive(a)
    ? affine(call, a, { offset: b as Constant })
    : affine(call, b as Live, { offset: a });
};

const subtract: Converter = (call) => {
  const [a, b] = two(call);
  if (isLive(a) && isLive(b)) return joined(call, "subtract", [a, b]);
  if (isLive(a)) return affine(call, a, { offset: negated(b as Constant) });
  return affine(call, b as Live, { scale: constantOf([1], [-1]), offset: a });
};

const multiply: Converter = (call) => {
  const [a, b] = two(call);
  if (isLive(a) && isLive(b)) return joined(call, "multiply", [a, b]);
  return isLive(a)
    ? affine(call, a, { scale: b as Constant })
    : affine(call, b as Live, { scale: a });
};

const divide: Converter = (call) => {
  const [a, b] = two(call);
  if (isLive(a) && !isLive(b)) return affine(call, a, { scale: mapped(b, (n) => 1 / n) });
  return joined(call, "divide", [a, b]);
};

const power: Converter = (call) => {
  const live = call.live(0), exponent = single(call.constant(1));
  if (exponent === undefined) call.fail("its exponents are not all the same");
  return call.pointwise("power", { exponent }, live);
};

/** Of two or more values. */
const several = (op: string): Converter => (call) => {
  const values = call.inputs.map((_, n) => call.input(n));
  return values.length === 1 ? values[0] : joined(call, op, values);
};

/** A maximum or minimum of a value and a number is a clip. */
const extreme = (op: "maximum" | "minimum"): Converter => (call) => {
  if (call.inputs.length === 2) {
    const [a, b] = [call.input(0), call.input(1)], bound = single(b);
    if (bound !== undefined && isLive(a)) {
      return op === "maximum" ? clipped(call, bound, Infinity) : clipped(call, -Infinity, bound);
    }
  }
  return several(op)(call);
};

/**
 * Numbers as integers and back: what is left of it is that they are cut off at the integers' ends,
 * which exporters put in a ReLU's place. They are not rounded: that has no gradient.
 */
function quantize(call: Call): Value {
  const live = call.live(0), scale = single(call.constant(1)), given = call.optional(2);
  const zero = given ? single(given) : 0;
  if (scale === undefined || zero === undefined) {
    call.fail("it has several scales, which is not supported between layers");
  }
  const signed = given?.signed ?? false;
  const [low, high] = signed ? [-128, 127] : [0, 255];
  call.note("Numbers between its layers are not rounded to 8 bits, as the file asks.");
  const bounds = { low: (low - zero) * scale, high: (high - zero) * scale };
  return { ...call.pointwise("clip", bounds, live), quantized: true };
}

/** Integers between layers are still the numbers that they stand for. */
function dequantize(call: Call): Value {
  const live = call.live(0);
  if (!live.quantized) call.fail("it reads integers that no QuantizeLinear has made");
  return { ...live, quantized: undefined };
}

export const arithmetic: Converters = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Neg: (call) => affine(call, call.live(0), { scale: constantOf([1], [-1]) }),
  Pow: power,
  Sum: several("add"),
  Mean: several("average"),
  Max: extreme("maximum"),
  Min: extreme("minimum"),
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
};
