/**
 * From a graph to the steps that a pass runs: only what the taps need, batch-norm folded into its
 * convolution and ReLU fused into what it follows, wherever nobody taps in between.
 */
import { type Values, values } from "../core/values.ts";
import { ancestors, type Graph, INPUT, type Node } from "./graph.ts";
import type { Activation, Op } from "./ops/op.ts";
import { op } from "./ops/mod.ts";
import { affine } from "./ops/norm.ts";
import type { NodeParameters, ParameterStore } from "./parameters.ts";

/** One thing to run: a node, perhaps with the batch-norm and the activation behind it. */
export interface Step {
  /** The node whose op runs. */
  readonly node: Node;
  readonly op: Op;
  /** The node whose value the step gives: `node`, or the last one fused into it. */
  readonly output: string;
  readonly params: NodeParameters;
  readonly activation?: Activation;
  /** The node of the fused activation. */
  readonly activationNode?: Node;
}

const FOLDS_BATCH_NORM = new Set(["conv2d", "depthwiseConv2d", "dense"]);

/** A kernel (output channels last) with each output channel scaled. */
function scaledKernel(kernel: Values, slope: Values, depthwise: boolean): Values {
  const channels = slope.length;
  const last = kernel.shape.at(-1)!;
  const out = new Float32Array(kernel.length);
  const period = depthwise ? kernel.shape[2] * last : channels;
  for (let i = 0; i < kernel.length; i++) out[i] = kernel[i] * slope[i % period];
  return values(out, kernel.shape);
}

function folded(store: ParameterStore, node: Node, norm: Node): NodeParameters {
  const own = store.of(node), bn = store.of(norm);
  return store.folded(`${node.name}+${norm.name}`, {
    kernel: {
      shape: own.shape("kernel"),
      make: () =>
        scaledKernel(
          own.values("kernel"),
          affine(bn, norm.attrs).slope,
          node.op === "depthwiseConv2d",
        ),
    },
    bias: {
      shape: bn.shape("mean"),
      make() {
        const { slope, shift } = affine(bn, norm.attrs);
        const bias = own.has("bias") ? own.values("bias") : undefined;
        return values(shift.map((b, c) => b + (bias?.[c] ?? 0) * slope[c]), shift.shape);
      },
    },
  });
}

/**
 * Plans what it takes to know `taps` (names of nodes).
 *
 * @param fuse false runs every node by itself.
 */
export function plan(
  graph: Graph,
  store: ParameterStore,
  taps: ReadonlySet<string>,
  fuse = true,
): readonly Step[] {
  const nodes = ancestors(graph, taps);
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  /** The one node that alone reads `name`, unless `name` is tapped. */
  const onlyReader = (name: string): Node | undefined => {
    const all = readers.get(name) ?? [];
    return !fuse || taps.has(name) || name === INPUT || all.length !== 1 ? undefined : all[0];
  };
  const done = new Set<string>();
  const steps: Step[] = [];
  for (const node of nodes) {
    if (done.has(node.name)) continue;
    const entry = op(node.op);
    let output = node, params = store.of(node);
    const norm = onlyReader(node.name);
    if (norm?.op === "batchNorm" && FOLDS_BATCH_NORM.has(node.op)) {
      params = folded(store, node, norm);
      output = norm;
    }
    const next = onlyReader(output.name);
    const activation = entry.fuses?.find((name) => name === next?.op);
    const activationNode = activation && next;
    if (activationNode) output = activationNode;
    if (norm && output !== node) done.add(norm.name);
    if (activationNode) done.add(activationNode.name);
    steps.push({ node, op: entry, output: output.name, params, activation, activationNode });
  }
  return steps;
}
