/** Arithmetic, and comparisons of what is constant. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import { isLive } from "../../onnx/values.ts";
import { say, scalar } from "../said.ts";

/** All of a call's inputs, one at least. */
export const all = (
  call: Call,
) => [call.input(0), ...call.inputs.slice(1).map((_, n) => call.input(n + 1))];

const as = (op: string): Converter => (call) => say(call, op, all(call));

/** Sizes are divided as numbers, not as whole ones. */
const divide: Converter = (call) =>
  say(
    call,
    "Div",
    all(call).map((value) => isLive(value) ? value : { ...value, kind: "float" as const }),
  );

/** Whole numbers that are divided are sizes: none is below 0. */
const floorDivide: Converter = (call) => {
  const [a, b] = [call.constant(0), call.constant(1)];
  const quotient = say(call, "Div", [{ ...a, kind: "float" }, { ...b, kind: "float" }]);
  const floor = say(call, "Floor", [quotient]);
  return isLive(floor) ? floor : { ...floor, kind: a.kind };
};

/** A maximum or a minimum does not ask which comes first. */
const extreme = (op: string): Converter => (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  return say(call, op, isLive(a) ? [a, b] : [b, a]);
};

const squaredDifference: Converter = (call) => {
  const inputs = [call.input(0), call.input(1)];
  const difference = say(call, "Sub", inputs, {}, `${call.name}.difference`);
  return say(call, "Pow", [difference, scalar(2)]);
};

export const arithmetic: Converters = {
  Add: as("Add"),
  AddV2: as("Add"),
  AddN: as("Sum"),
  BiasAdd: as("Add"),
  Sub: as("Sub"),
  Mul: as("Mul"),
  RealDiv: divide,
  Div: divide,
  FloorDiv: floorDivide,
  FloorMod: as("Mod"),
  Mod: as("Mod"),
  Maximum: extreme("Max"),
  Minimum: extreme("Min"),
  Pow: as("Pow"),
  SquaredDifference: squaredDifference,
  Floor: as("Floor"),
  Ceil: as("Ceil"),
  Round: as("Round"),
  Equal: as("Equal"),
  Greater: as("Greater"),
  GreaterEqual: as("GreaterOrEqual"),
  Less: as("Less"),
  LessEqual: as("LessOrEqual"),
  LogicalAnd: as("And"),
  LogicalOr: as("Or"),
  LogicalNot: as("Not"),
  Select: as("Where"),
  SelectV2: as("Where"),
};
