/** A node of TensorFlow's said in ONNX's words: the same call under other inputs and attributes. */
import { Call } from "../onnx/call.ts";
import { folds } from "../onnx/fold.ts";
import { type Constant, transposed as constantIn } from "../onnx/constants.ts";
import { transposed } from "../onnx/layout.ts";
import { converters } from "../onnx/ops/mod.ts";
import { isLive, read, type Value } from "../onnx/values.ts";
import { attribute, type Plain } from "./attributes.ts";

type Inputs = readonly (Value | undefined)[];
type Attributes = Readonly<Record<string, Plain | undefined>>;

/** A call of another operator, in the place of one. */
export function callOf(
  call: Call,
  op: string,
  inputs: Inputs,
  attributes: Attributes = {},
  name = call.name,
): Call {
  const { batch, writer, note } = call,
    own = Object.entries(attributes).flatMap(
      ([name, value]) => value === undefined ? [] : [[name, attribute(name, value)] as const],
    );
  const node = { ...call.node, op, attributes: new Map(own) };
  const tensor = () => call.fail("it has a tensor as an attribute, which is not supported");
  return new Call(node, name, inputs, { opset: call.opset, batch, writer, note, tensor });
}

/** All that an ONNX operator gives: worked out at once where all that it reads is constant. */
export function sayAll(
  call: Call,
  op: string,
  inputs: Inputs,
  attributes: Attributes = {},
  name = call.name,
): readonly Value[] {
  const isKnown = inputs.every((value) => value === undefined || !isLive(value));
  const convert = (isKnown ? folds : converters).get(op);
  if (!convert) {
    return call.fail(isKnown ? "it cannot be worked out at loading" : "it is not supported");
  }
  return [convert(callOf(call, op, inputs, attributes, name))].flat() as Value[];
}

/** What an ONNX operator gives first. */
export const say = (...args: Parameters<typeof sayAll>): Value => sayAll(...args)[0];

/** The axes in another order; of what follows from the picture no number is moved. */
export function turned(call: Call, value: Value, order: readonly number[]): Value {
  if (value.shape.length !== order.length) {
    call.fail(`it reads [${value.shape.join(", ")}], not ${order.length} axes`);
  }
  return isLive(value) ? transposed(value, order) : constantIn(read(value), order);
}

/** A picture with its channels where ONNX has them, and back. */
export const channelsFirst = (call: Call, value: Value) => turned(call, value, [0, 3, 1, 2]);
export const channelsLast = (call: Call, value: Value) => turned(call, value, [0, 2, 3, 1]);

/** A constant list of whole numbers that must be there. */
export function listIn(call: Call, n: number): number[] {
  const found = call.numbers(n);
  if (!found || !found.every(Number.isSafeInteger)) {
    return call.fail(`its input ${n + 1} is no list of whole numbers`, undefined, "bad-file");
  }
  return found;
}

/** One constant whole number. */
export function numberIn(call: Call, n: number): number {
  const [number, ...more] = listIn(call, n);
  if (number === undefined || more.length) {
    call.fail(`its input ${n + 1} is no single number`, undefined, "bad-file");
  }
  return number;
}

/** A constant of one number. */
export const scalar = (number: number): Constant => ({
  shape: [],
  data: Float64Array.of(number),
  kind: "float",
});
