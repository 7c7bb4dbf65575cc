/** Finding layers by what they are. */
import { UserError } from "../core/errors.ts";
import type { Graph, Node } from "./graph.ts";
import { op } from "./ops/mod.ts";

/** The last convolution before the head of a classifier begins; of all where there is no head. */
function lastConvolution({ nodes }: Graph): Node | undefined {
  const end = nodes.findIndex((node) => op(node.op).traits.head);
  const body = end < 0 ? nodes : nodes.slice(0, end);
  return body.findLast((node) => op(node.op).traits.convolution);
}

/** Whether a node works number by number, so that its value still has the places and channels of its input. */
function follows({ op: name }: Node): boolean {
  const { nature, joins } = op(name).traits;
  return nature === "elementwise" || joins === true;
}

/**
 * The name of the network's last convolutional layer: of its last convolution's output, after the
 * batch-norm, the sum and the activation that alone read it. In a ResNet that is the last block, in a
 * VGG the last ReLU of the features.
 *
 * @throws UserError where the network has no convolution.
 */
export function lastConvolutionalLayer(graph: Graph): string {
  let node = lastConvolution(graph);
  if (!node) throw new UserError("The network has no convolutional layer to look at by default.");
  for (;;) {
    const readers = graph.nodes.filter((n) => n.inputs.includes(node!.name));
    const next = readers.length === 1 && follows(readers[0]) ? readers[0] : undefined;
    if (!next) break;
    node = next;
  }
  const found = node.name;
  // the shortest name for it: "layer4" rather than "layer4.2.act3"
  const names = graph.modules.filter((m) => m.node === found).map((m) => m.name);
  return names.sort((a, b) => a.length - b.length)[0] ?? found;
}
