/** Finding layers by what they are. */
import { UserError } from "../core/errors.ts";
import type { Graph, Node } from "./graph.ts";

const CONVOLUTIONS = new Set(["conv2d", "depthwiseConv2d"]);
/** Ops after which a value is still an activation of the convolution before. */
const FOLLOWS = new Set(["batchNorm", "relu", "relu6", "leakyRelu", "elu", "selu", "swish", "add"]);

/** Names of the nodes behind which lies no picture any more, or no convolution. */
function lastConvolution(graph: Graph): Node | undefined {
  // a convolution after the picture has been pooled to one pixel is a classifier
  const head = new Set(["globalAvgPool", "globalMaxPool", "flatten", "dense", "adaptiveAvgPool"]);
  const end = graph.nodes.findIndex((node) => head.has(node.op));
  const body = end < 0 ? graph.nodes : graph.nodes.slice(0, end);
  return body.findLast((node) => CONVOLUTIONS.has(node.op));
}

/**
 * The name of the network's last convolutional layer, with the batch-norm, sum and activation that
 * follow it: the last block of a ResNet, the last ReLU of a VGG's features.
 *
 * @throws UserError where the network has no convolution.
 */
export function lastConvolutionalLayer(graph: Graph): string {
  let node = lastConvolution(graph);
  if (!node) throw new UserError("The network has no convolutional layer to look at by default.");
  for (;;) {
    const readers = graph.nodes.filter((n) => n.inputs.includes(node!.name));
    const next = readers.length === 1 && FOLLOWS.has(readers[0].op) ? readers[0] : undefined;
    if (!next) break;
    node = next;
  }
  const found = node.name;
  // the shortest name for it: "layer4" rather than "layer4.2.act3"
  const names = graph.modules.filter((m) => m.node === found).map((m) => m.name);
  return names.sort((a, b) => a.length - b.length)[0] ?? found;
}
