/** A network's layers as a tree, with shapes and cost. */
import { type Graph, INPUT } from "./graph.ts";
import { type NodeSummary, summarize } from "./summary.ts";

/** A layer and those inside it. */
export interface LayerTree {
  /** As it is tapped: `layer3.1.conv2`; empty for the whole network. */
  readonly name: string;
  /** Of a single operation, `identity` for one that computes nothing; absent for a container. */
  readonly op?: string;
  /** What it gives: `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  /** Learnt numbers and multiply-adds for one picture, of all that is inside. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** The operation whose output is the layer's. */
  readonly node: string;
  readonly children: readonly LayerTree[];
}

type Growing = { -readonly [K in keyof LayerTree]: LayerTree[K] } & { children: Growing[] };

const parentOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf(".")));

/**
 * The layers of a network for pictures of a size, in the order of definition. Operations that have
 * no name for people are left out, but cost what they cost.
 *
 * @param name What messages call the network.
 * @throws UserError where the network does not accept that size.
 */
export function layerTree(
  graph: Graph,
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
): LayerTree {
  const nodes = summarize(graph, height, width, graph.output, name);
  const summaries = new Map(nodes.map((node) => [node.name, node]));
  const shapes = new Map<string, readonly number[]>(nodes.map(({ name, shape }) => [name, shape]));
  shapes.set(INPUT, [height, width, graph.input.shape[2]]);
  // behind the logits, or a module that the network does not use: there is nothing to tell of it
  const modules = new Map(
    graph.modules.filter(({ node }) => shapes.has(node)).map(({ name, node }) => [name, node]),
  );
  const layerOf = (name: string, node: string): Growing => ({
    name,
    node,
    op: summaries.get(name)?.op,
    shape: shapes.get(node)!,
    parameters: 0,
    multiplyAdds: 0,
    children: [],
  });
  const root = layerOf("", graph.output);
  const grown = new Map<string, Growing>([["", root]]);
  const grow = (name: string): Growing => {
    const found = grown.get(name);
    if (found) return found;
    const layer = layerOf(name, modules.get(name)!);
    grown.set(name, layer);
    // a dot need not mean a container: names of other libraries have them, too
    let parent = parentOf(name);
    while (parent && !modules.has(parent)) parent = parentOf(parent);
    grow(parent).children.push(layer);
    return layer;
  };
  for (const name of modules.keys()) grow(name);
  const holding = new Set([""]);
  const cost = ({ name, parameters, multiplyAdds }: NodeSummary) => {
    for (let at = name;; at = parentOf(at)) {
      const layer = grown.get(at);
      if (layer) {
        holding.add(at);
        layer.parameters += parameters;
        layer.multiplyAdds += multiplyAdds;
      }
      if (!at) return;
    }
  };
  nodes.forEach(cost);
  for (const [name, layer] of grown) if (!holding.has(name)) layer.op = "identity";
  return root;
}

/** Every layer of a tree but the whole, each before those inside it. */
export const layersIn = (tree: LayerTree): LayerTree[] =>
  tree.children.flatMap((layer) => [layer, ...layersIn(layer)]);
