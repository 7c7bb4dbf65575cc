/** Activations, as layers and within layers. */
import { type Json, shown } from "../files.ts";
import type { LayerCall } from "../writer.ts";
import {
  type Converter,
  type Converters,
  isCount,
  lastAxis,
  nothing,
  number,
  one,
} from "./settings.ts";

type Activation = readonly [op: string, attrs?: Json];

/** The words of Keras 2, Keras 3 and TensorFlow.js for activations, and the ops they are. */
const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ["relu", ["relu"]],
  ["relu6", ["relu6"]],
  ["leaky_relu", ["leakyRelu", { alpha: 0.2 }]],
  ["elu", ["elu", { alpha: 1 }]],
  ["celu", ["elu", { alpha: 1 }]], // CELU's α is 1 too, where it is ELU
  ["selu", ["selu"]],
  ["gelu", ["gelu"]],
  ["gelu_new", ["gelu", { approximate: true }]],
  ["swish", ["swish"]],
  ["silu", ["swish"]],
  ["hard_swish", ["hardSwish"]],
  ["hard_silu", ["hardSwish"]],
  ["mish", ["mish"]],
  ["softplus", ["softplus"]],
  ["softsign", ["softsign"]],
  ["sigmoid", ["sigmoid"]],
  ["hard_sigmoid", ["hardSigmoid"]],
  ["hardSigmoid", ["hardSigmoid"]],
  ["tanh", ["tanh"]],
  ["hard_tanh", ["clip", { low: -1, high: 1 }]],
  ["exponential", ["exp"]],
  ["softmax", ["softmax"]],
  ["log_softmax", ["logSoftmax"]],
  ["logSoftmax", ["logSoftmax"]],
]);

/** Keras 3 gives some another meaning than Keras 2 and TensorFlow.js. */
const KERAS_3: ReadonlyMap<string, Activation> = new Map([
  ["hard_sigmoid", ["hardSigmoid", { slope: 1 / 6, offset: 0.5 }]],
]);

/** The name of `config.activation`, which Keras 3 may wrap. */
function activationOf({ config }: LayerCall): string {
  let named = config.activation ?? "linear";
  if (typeof named === "object" && "config" in named) named = named.config ?? named;
  return typeof named === "string" ? named : shown(named);
}

/** Applies `config.activation` to a node; `linear` needs none. */
function activate(call: LayerCall, name: string, input: string): string {
  const activation = activationOf(call), own = call.writer.keras3 && KERAS_3.get(activation);
  const entry = own || ACTIVATIONS.get(activation);
  if (!entry) {
    call.fail(
      `its activation is ${activation}; known are linear, ${[...ACTIVATIONS.keys()].join(", ")}`,
    );
  }
  return call.writer.add(call, name, entry[0], [input], entry[1]);
}

/**
 * A layer that computes and then activates: the first node is `NAME.linear` where an activation
 * follows, so that both can be tapped.
 */
export function withActivation(call: LayerCall, write: (name: string) => string): string {
  if (activationOf(call) === "linear") return write(call.name);
  return activate(call, call.name, write(`${call.name}.linear`));
}

/** ReLU as Keras has it: cut off above, with a slope below, beginning at a threshold. */
const relu: Converter = (call) => {
  const alpha = number(call, ["negative_slope"], 0), threshold = number(call, ["threshold"], 0);
  const max = number(call, ["max_value"], Infinity);
  const add = (op: string, attrs?: Json) =>
    call.writer.add(call, call.name, op, call.inputs, attrs);
  const straight = threshold === 0 && max === Infinity;
  if (alpha !== 0) {
    return straight
      ? add("leakyRelu", { alpha })
      : add("clippedLeakyRelu", { alpha, threshold, max });
  }
  if (straight) return add("relu");
  return threshold === 0 && max === 6 ? add("relu6") : add("clippedRelu", { threshold, max });
};

/** One slope for each number of the input, or shared along axes, which are counted with the batch. */
const prelu: Converter = (call) => {
  const shape = call.writer.shapeOf(call.inputs[0]), shared = call.config.shared_axes ?? [];
  const axes = [shared].flat();
  if (!axes.every((axis) => isCount(axis) && axis <= shape.length)) {
    call.fail(`its shared_axes are ${shown(shared)}`);
  }
  return call.writer.add(call, call.name, "prelu", call.inputs, {}, {
    alpha: { role: "alpha", shape: shape.map((n, i) => axes.includes(i + 1) ? 1 : n) },
  });
};

/** Layers that are activations. */
export const activationLayers: Converters = {
  Activation: (call) =>
    activationOf(call) === "linear" ? nothing(call) : activate(call, call.name, call.inputs[0]),
  ELU: one("elu", (call) => ({ alpha: number(call, ["alpha"], 1) })),
  LeakyReLU: one("leakyRelu", (call) => ({
    alpha: number(call, ["alpha", "negative_slope"], 0.3),
  })),
  PReLU: prelu,
  ReLU: relu,
  Softmax: (call) => {
    lastAxis(call);
    return one("softmax")(call);
  },
  ThresholdedReLU: one("clippedRelu", (call) => ({ threshold: number(call, ["theta"], 1) })),
};
