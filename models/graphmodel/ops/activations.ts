/** Functions of one number each. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import type { Value } from "../../onnx/values.ts";
import { say, scalar } from "../said.ts";

const as = (op: string): Converter => (call) => say(call, op, [call.input(0)]);

/** To the power of a number. */
const power = (exponent: number): Converter => (call) =>
  say(call, "Pow", [call.input(0), scalar(exponent)]);

/** TensorFlow's names of what ONNX has too, those that may be fused behind a layer among them. */
export const activations: Converters = {
  Relu: as("Relu"),
  Relu6: (call) => say(call, "Clip", [call.input(0), scalar(0), scalar(6)]),
  ClipByValue: (call) => say(call, "Clip", [call.input(0), call.constant(1), call.constant(2)]),
  LeakyRelu: (call) => say(call, "LeakyRelu", [call.input(0)], { alpha: call.float("alpha", 0.2) }),
  Prelu: (call) => say(call, "PRelu", [call.input(0), call.constant(1)]),
  Elu: as("Elu"),
  Selu: as("Selu"),
  Sigmoid: as("Sigmoid"),
  Tanh: as("Tanh"),
  Softplus: as("Softplus"),
  Erf: as("Erf"),
  Exp: as("Exp"),
  Log: as("Log"),
  Abs: as("Abs"),
  Neg: as("Neg"),
  Sqrt: as("Sqrt"),
  Rsqrt: power(-0.5),
  Square: power(2),
  Reciprocal: as("Reciprocal"),
  Softmax: as("Softmax"),
  LogSoftmax: as("LogSoftmax"),
};

/** An activation that is fused behind a layer. */
export function activated(call: Call, op: string, value: Value, alpha?: Value): Value {
  switch (op) {
    case "Relu6":
      return say(call, "Clip", [value, scalar(0), scalar(6)]);
    case "LeakyRelu":
      return say(call, "LeakyRelu", [value], { alpha: call.float("leakyrelu_alpha", 0.2) });
    case "Prelu":
      return say(call, "PRelu", [value, alpha]);
    case "Relu":
    case "Elu":
    case "Sigmoid":
    case "Tanh":
      return say(call, op, [value]);
    default:
      return call.fail(`"${op.slice(0, 50)}" is fused into it, which is not supported`);
  }
}
