/** Finding layers by what they are. */
import { UserError } from "../core/errors.ts";
import type { Graph, Node } from "./graph.ts";
import { op } from "./ops/mod.ts";

/** The last convolution of a picture: behind the head's first node, one is a classifier's. */
function lastConvolution({ nodes }: Graph): Node | undefined {
  const end = nodes.findIndex((node) => op(node.op).traits.head);
  const body = end < 0 ? nodes : nodes.slice(0, end);
  return body.findLast((node) => op(node.op).traits.convolution);
}

/** Whether its value is still an activation of the convolution before. */
function follows({ op: name }: Node): boolean {
  const { nature, joins } = op(name).traits;
  return nature === "elementwise" || joins === true;
}

/**
 * The name of the network's last convolutional layer, with the batch-norm, the sum and the activation
 * that follow it: the last block of a ResNet, the last ReLU of a VGG's features.
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
