/** Functions of one number each. */
import { commonShape } from "../constants.ts";
import type { Call, Converter, Converters } from "../call.ts";
import { spread } from "../layout.ts";
import { asIs } from "../parameter.ts";
import type { Value } from "../values.ts";

/** An engine's op of the same meaning. */
const same = (op: string): Converter => (call) => call.pointwise(op);

/** The bounds of a Clip: attributes until opset 10, then inputs. */
function bounds(call: Call): [low: number, high: number] {
  const bound = (n: number, name: string, or: number) => {
    if (call.opset < 11) return call.float(name, or);
    const given = call.optional(n);
    if (given && given.data.length !== 1) call.fail(`its ${name} is no single number`);
    return given?.data[0] ?? or;
  };
  // ONNX's own defaults are the least and the greatest Float32
  const plain = (n: number) => Math.abs(n) >= 3.4e38 ? Math.sign(n) * Infinity : n;
  return [plain(bound(1, "min", -Infinity)), plain(bound(2, "max", Infinity))];
}

/** Between bounds; of the kinds that have names, these. */
export function clipped(call: Call, low: number, high: number): Value {
  if (low === -Infinity && high === Infinity) return call.live(0);
  if (low === 0 && high === Infinity) return call.pointwise("relu");
  if (low === 0 && high === 6) return call.pointwise("relu6");
  if (low === 0 && high > 0) return call.pointwise("clippedRelu", { max: high });
  return call.pointwise("clip", { low, high });
}

function prelu(call: Call): Value {
  const live = call.live(0), slopes = call.constant(1);
  if (commonShape([slopes.shape, live.shape])?.join() !== live.shape.join()) {
    const [own, of] = [slopes.shape, live.shape].map((shape) => `[${shape.join(", ")}]`);
    call.fail(`its slopes ${own} do not fit ${of}`, undefined, "bad-file");
  }
  const alpha = spread(call.writer, slopes, live);
  const node = call.add("prelu", [live.node], {}, { alpha: asIs(alpha) });
  return { ...live, node, pending: undefined };
}

/** The numbers of a SELU that the paper gives. */
const SELU = [["alpha", 1.6732632423543772], ["gamma", 1.0507009873554805]] as const;

function selu(call: Call): Value {
  for (const [name, usual] of SELU) {
    const given = call.float(name, usual);
    if (Math.abs(given - usual) > 1e-4) call.fail(`its ${name} is ${given}, not ${usual}`);
  }
  return call.pointwise("selu");
}

export const activations: Converters = {
  Relu: same("relu"),
  LeakyRelu: (call) => call.pointwise("leakyRelu", { alpha: call.float("alpha", 0.01) }),
  PRelu: prelu,
  Clip: (call) => clipped(call, ...bounds(call)),
  ThresholdedRelu: (call) => call.pointwise("clippedRelu", { threshold: call.float("alpha", 1) }),
  Sigmoid: same("sigmoid"),
  HardSigmoid: (call) =>
    call.pointwise("hardSigmoid", {
      slope: call.float("alpha", 0.2),
      offset: call.float("beta", 0.5),
    }),
  HardSwish: same("hardSwish"),
  Tanh: same("tanh"),
  Elu: (call) => call.pointwise("elu", { alpha: call.float("alpha", 1) }),
  Selu: selu,
  Softplus: same("softplus"),
  Softsign: same("softsign"),
  Mish: same("mish"),
  Gelu: (call) =>
    call.pointwise("gelu", { approximate: call.text("approximate", "none") === "tanh" }),
  Erf: same("erf"),
  Exp: same("exp"),
  Log: same("log"),
  Abs: same("abs"),
  Sqrt: (call) => call.pointwise("power", { exponent: 0.5 }),
  Reciprocal: (call) => call.pointwise("power", { exponent: -1 }),
};
