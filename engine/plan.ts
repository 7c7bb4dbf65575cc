/**
 * From a graph to the steps that a pass runs: only what the taps need, batch-norm folded into its
 * convolution and ReLU fused into what it follows, wherever nobody taps in between.
 */
import * as tf from "@tensorflow/tfjs";
import { values } from "../core/values.ts";
import { ancestors, type Graph, INPUT, type Node } from "./graph.ts";
import type { Activation } from "./kernels/mod.ts";
import type { Op, Parameters } from "./ops/op.ts";
import { op } from "./ops/mod.ts";
import { affine } from "./ops/norm.ts";
import type { ParameterStore } from "./parameters.ts";

/** One thing to run: a node, perhaps with the batch-norm and the activation behind it. */
export interface Step {
  /** The node whose op runs. */
  readonly node: Node;
  readonly op: Op;
  /** The node whose value the step gives: `node`, or the last one fused into it. */
  readonly output: string;
  readonly params: Parameters;
  readonly activation?: Activation;
  /** The node of the fused activation. */
  readonly activationNode?: Node;
}

const FOLDS_BATCH_NORM = new Set(["conv2d", "depthwiseConv2d", "dense"]);

/** Kernel and bias of a convolution or dense layer with the batch-norm behind it folded in. */
function folded(store: ParameterStore, node: Node, norm: Node): Parameters {
  const own = store.of(node), bn = store.of(norm), shape = own.shape("kernel");
  // output channels are a kernel's last axis, a depthwise one's last two
  const grouped = node.op === "depthwiseConv2d" ? shape.slice(-2) : shape.slice(-1);
  return store.folded(`${node.name}+${norm.name}`, {
    kernel: {
      shape,
      values() {
        const kernel = own.values("kernel"), { slope } = affine(bn, norm.attrs);
        return values(kernel.map((w, i) => w * slope[i % slope.length]), shape);
      },
      // on the backend, so that a copy of all weights need not be made on the host first
      make() {
        const { slope } = affine(bn, norm.attrs);
        const kernel = tf.tensor(own.values("kernel"), [...shape]);
        return tf.mul(kernel, tf.tensor(slope, [...grouped]));
      },
    },
    bias: {
      shape: bn.shape("mean"),
      values() {
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
