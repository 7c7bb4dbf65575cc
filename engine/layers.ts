/** Finding layers by what they are. */
import { UserError } from "../core/errors.ts";
import { ancestors, type Graph, INPUT, type Node } from "./graph.ts";
import { op } from "./ops/mod.ts";
import { nominalShapes } from "./scores.ts";

/** Whether a node only hands its input's places and channels on, moved or pooled by windows. */
function handsOn({ op: name, inputs }: Node): boolean {
  const { nature, averages, head } = op(name).traits;
  return inputs.length === 1 && !head && (nature === "routed" || averages === true);
}

/** Where in a line its first convolution stands; −1 where there is none. */
const firstConvolution = (line: readonly Node[]): number =>
  line.findIndex((node) => op(node.op).traits.convolution);

/** The nodes (and the image) whose values are pictures still: not pooled as a whole, not flattened. */
function pictures(graph: Graph, line: readonly Node[]): ReadonlySet<string> {
  const shapes = nominalShapes(graph), found = new Set([INPUT]);
  const isPoint = (name: string) => {
    const shape = shapes.get(name);
    // channels in groups, on their way to be shuffled, have an axis more
    return shape !== undefined && (shape.length < 3 || shape[0] * shape[1] === 1);
  };
  // what is done to the picture before the first of them is no pooling, whatever its shape
  const convolution = firstConvolution(line);
  for (const [i, { name, op: kind, inputs }] of line.entries()) {
    const from = inputs.filter((input) => found.has(input));
    // a window as large as the picture pools it as a whole, whatever it is called
    const pooled = isPoint(name) && !from.every(isPoint);
    if (i < convolution || from.length && !op(kind).traits.head && !pooled) found.add(name);
  }
  return found;
}

/** Those that everything behind them follows from, alone: no branch leads past them. */
function bottlenecks(line: readonly Node[]): Node[] {
  const last = new Map<string, number>();
  line.forEach(({ inputs }, i) => inputs.forEach((input) => last.set(input, i)));
  let reach = -1; // how far what was computed before is still read
  return line.filter(({ name, inputs }, i) => {
    for (const input of inputs) reach = Math.max(reach, last.get(input)!);
    const alone = reach <= i;
    reach = Math.max(reach, last.get(name) ?? i);
    return alone;
  });
}

/**
 * The name of the layer that a classifier pools: the last value with a height and a width that all of
 * the logits follow from, before windows pool it. In a ResNet that is the last block, in a VGG the
 * last ReLU of the features, in a DenseNet the ReLU behind its last block, in an Inception the last
 * concatenation. Where the scores are a map themselves, it is what their last convolution reads, or,
 * where an activation or a sum ends the network, that map.
 *
 * @throws UserError where the network has no convolution before that.
 */
export function lastConvolutionalLayer(graph: Graph): string {
  const line = ancestors(graph, [graph.output]), still = pictures(graph, line);
  const nodes = new Map(line.map((node) => [node.name, node]));
  const back = (name: string) => {
    let node = nodes.get(name);
    while (node && handsOn(node)) node = nodes.get(node.inputs[0]);
    return node;
  };
  const alone = bottlenecks(line).filter(({ name }) => still.has(name));
  const end = back(graph.output);
  const isMap = end !== undefined && still.has(end.name);
  const scores = isMap && op(end.op).traits.convolution ? end : undefined;
  const before = scores ? alone.filter((node) => node !== scores) : alone;
  const last = isMap && !scores
    ? end
    : before.map(({ name }) => back(name)).findLast((node) =>
      node !== undefined && node !== scores
    );
  const convolution = firstConvolution(line);
  if (!last || convolution < 0 || line.indexOf(last) < convolution) {
    throw new UserError("The network has no convolutional layer to look at by default.");
  }
  return shortName(graph, last.name);
}

/** The shortest name for a node: `layer4` rather than `layer4.2.act3`. */
function shortName(graph: Graph, node: string): string {
  const names = graph.modules.filter((module) => module.node === node).map(({ name }) => name);
  return names.sort((a, b) => a.length - b.length)[0] ?? node;
}

/**
 * The names of the layers at which a network's stages end: of the values that all of the logits follow
 * from, the last one of each height and width, from the picture on. In a ResNet these are the end of the
 * stem and of each group of blocks, in a VGG the last ReLUs before the poolings.
 *
 * @throws UserError where the network has no convolution.
 */
export function stageLayers(graph: Graph): readonly string[] {
  const line = ancestors(graph, [graph.output]), still = pictures(graph, line);
  const shapes = nominalShapes(graph), first = firstConvolution(line);
  const last = lastConvolutionalLayer(graph), end = graph.modules.find(({ name }) => name === last);
  const stages = new Map<string, string>();
  for (const node of bottlenecks(line)) {
    const shape = shapes.get(node.name), i = line.indexOf(node);
    if (i < first || !still.has(node.name) || shape?.length !== 3 || handsOn(node)) continue;
    stages.set(shape.slice(0, 2).join("×"), node.name);
    if (node.name === (end?.node ?? last)) break;
  }
  return [...stages.values()].map((node) => shortName(graph, node));
}
