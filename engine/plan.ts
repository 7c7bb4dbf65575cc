/**
 * From a graph to the steps that a pass runs: only what the taps need, batch-norm folded into its
 * convolution and ReLU fused into what it follows, wherever nobody taps in between.
 */
import * as tf from "../deps/tfjs.ts";
import { sizeOf, values } from "../core/values.ts";
import { ancestors, type Graph, INPUT, type Node } from "./graph.ts";
import type { Activation } from "./kernels/mod.ts";
import type { Op, Parameters } from "./ops/op.ts";
import { op } from "./ops/mod.ts";
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

/** Kernel and bias of a weighted op with the affine op behind it (a batch-norm) folded in. */
function folded(store: ParameterStore, node: Node, behind: Node): Parameters {
  const own = store.of(node), shape = own.shape("kernel");
  const { outputAxes = 1, outputFirst = false } = op(node.op).traits;
  // behind the output's channels, the input's may follow
  const end = shape.length - Number(outputFirst), inner = sizeOf(shape.slice(end));
  const channels = shape.slice(end - outputAxes, end);
  const spread = outputFirst ? [...channels, 1] : channels;
  const affine = () => op(behind.op).traits.affine!(store.of(behind), behind.attrs);
  return store.folded(`${node.name}+${behind.name}`, {
    kernel: {
      shape,
      values() {
        const kernel = own.values("kernel"), { slope } = affine();
        return values(kernel.map((w, i) => w * slope[Math.floor(i / inner) % slope.length]), shape);
      },
      // on the backend, so that a copy of all weights need not be made on the host first
      make() {
        const kernel = tf.tensor(own.values("kernel"), [...shape]);
        return tf.mul(kernel, tf.tensor(affine().slope, [...spread]));
      },
    },
    bias: {
      shape: [sizeOf(channels)],
      values() {
        const { slope, shift } = affine();
        const bias = own.has("bias") ? own.values("bias") : undefined;
        return values(shift.map((b, c) => b + (bias?.[c] ?? 0) * slope[c]), shift.shape);
      },
    },
  });
}

/**
 * Plans what it takes to know `taps` (names of nodes) from `given` ones, by default the image.
 *
 * @param fuse false runs every node by itself.
 */
export function plan(
  graph: Graph,
  store: ParameterStore,
  taps: ReadonlySet<string>,
  fuse = true,
  given: ReadonlySet<string> = new Set([INPUT]),
): readonly Step[] {
  const nodes = ancestors(graph, taps, given);
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
    const behind = onlyReader(node.name);
    if (behind && entry.traits.nature === "weighted" && op(behind.op).traits.affine) {
      params = folded(store, node, behind);
      output = behind;
      done.add(behind.name);
    }
    const next = onlyReader(output.name);
    const activation = entry.fuses?.find((name) => name === next?.op);
    const activationNode = activation && next;
    if (activationNode) output = activationNode;
    if (activationNode) done.add(activationNode.name);
    steps.push({ node, op: entry, output: output.name, params, activation, activationNode });
  }
  return steps;
}
