/** What the layers of a graph-model are called: by the scopes of TensorFlow's names. */
import { around, LONGEST, type Named, tidy } from "../onnx/names.ts";
import type { Numbered } from "../onnx/order.ts";

/** Names that TensorFlow gives to ops in a layer's scope. */
const OWN = new Set([
  ...["add", "biasadd", "concat", "conv2d", "convolution", "depthwise", "mul", "sub", "truediv"],
  ...["elu", "leakyrelu", "prelu", "relu", "relu6", "sigmoid"], // fused into what is before
  ...["fusedbatchnorm", "fusedbatchnormv3", "batchnorm", "identity"],
  ...["separable_conv2d", "conv2d_transpose", "mean", "transpose", "pad"],
]);

/** Whether the last part of a name only says which op it is. */
const saysOp = (part: string, op: string) => {
  const plain = part.replace(/_\d+$/, "").toLowerCase();
  return OWN.has(plain) || plain === op.replace(/^_?(Fused)?/, "").toLowerCase() ||
    plain === op.toLowerCase();
};

/** The parts of a name; what loading a SavedModel puts in front is none. */
const partsOf = (name: string) => {
  if (name.length > LONGEST) return [tidy(name).replaceAll("/", ".")];
  const parts = name.split("/").map(tidy).filter(Boolean);
  return /^StatefulPartitionedCall/.test(parts[0] ?? "") && parts.length > 1
    ? parts.slice(1)
    : parts;
};

/** How many parts all names have in front, so that at least one is left of each. */
function shared(names: readonly (readonly string[])[]): number {
  const scoped = names.filter((parts) => parts.length > 1);
  if (scoped.length < 2) return 0;
  let count = 0;
  while (scoped.every((parts) => parts.length > count + 1 && parts[count] === scoped[0][count])) {
    count++;
  }
  return count;
}

/**
 * Names of nodes, by their numbers in the file: `StatefulPartitionedCall/model/conv1/Conv2D` is
 * `conv1` where no other node lies in that scope, else `conv1.Conv2D`.
 */
export function scopeNames(nodes: readonly Numbered[]): ReadonlyMap<number, Named> {
  const split = nodes.map(([, { name }]) => partsOf(name));
  const ahead = shared(split);
  const own = split.map((parts) => parts.length > 1 ? parts.slice(ahead) : parts);
  const uses = new Map<string, number>();
  for (const parts of own) {
    for (const scope of around(parts.join("."), false)) {
      uses.set(scope, (uses.get(scope) ?? 0) + 1);
    }
  }
  return new Map(nodes.map(([n, { op }], i) => {
    const parts = own[i], path = parts.join("."), scope = parts.slice(0, -1).join(".");
    const alone = parts.length > 1 && uses.get(scope) === 1 && saysOp(parts.at(-1)!, op);
    const name = alone ? scope : path;
    return [n, { name: name || `${op.toLowerCase()}_${n}`, within: around(name, false) }];
  }));
}
