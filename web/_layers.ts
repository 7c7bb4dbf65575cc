/** A network's layers as a tree, with shapes and cost. */
import type { Graph } from "../engine/graph.ts";
import { type NodeSummary, summarize } from "../engine/summary.ts";
import type { Size } from "../image/preprocess.ts";

/** A layer and those inside it. */
export interface LayerTree {
  /** As it is tapped: `layer3.1.conv2`. */
  readonly name: string;
  /** Of a single operation; absent for a container. */
  readonly op?: string;
  /** What it gives: `[height, width, channels]` or `[features]`. */
  readonly shape?: readonly number[];
  /** Learnt numbers and multiply-adds, of all that is inside. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** The operation whose output is the layer's. */
  readonly node: string;
  readonly children: readonly LayerTree[];
}

type Growing = { -readonly [K in keyof LayerTree]: LayerTree[K] } & { children: Growing[] };

const parentOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf(".")));

/**
 * The layers of a network for pictures of a size, in the order of computation.
 *
 * @throws UserError where the network does not accept that size.
 */
export function layerTree(graph: Graph, { width, height }: Size, name: string): LayerTree {
  const nodes = summarize(graph, height, width, undefined, name);
  const summaries = new Map(nodes.map((node) => [node.name, node]));
  const modules = new Map(graph.modules.map((module) => [module.name, module.node]));
  const root: Growing = {
    name: "",
    node: graph.output,
    parameters: 0,
    multiplyAdds: 0,
    children: [],
  };
  const grown = new Map<string, Growing>([["", root]]);
  const grow = (name: string): Growing => {
    const found = grown.get(name);
    if (found) return found;
    const node = modules.get(name) ?? name, summary = summaries.get(node);
    const layer: Growing = {
      name,
      node,
      op: summaries.get(name)?.op,
      shape: summary?.shape,
      parameters: 0,
      multiplyAdds: 0,
      children: [],
    };
    grown.set(name, layer);
    // a dot need not mean a container: names of other libraries have them, too
    let parent = parentOf(name);
    while (parent && !modules.has(parent)) parent = parentOf(parent);
    grow(parent).children.push(layer);
    return layer;
  };
  const cost = (name: string, { parameters, multiplyAdds }: NodeSummary) => {
    for (let at = name;; at = parentOf(at)) {
      const layer = grown.get(at);
      if (layer) {
        layer.parameters += parameters;
        layer.multiplyAdds += multiplyAdds;
      }
      if (!at) return;
    }
  };
  // operations that have no name of their own for people are left out, but cost what they cost
  for (const { name } of nodes) if (modules.has(name)) grow(name);
  for (const [name, node] of modules) if (summaries.has(node)) grow(name);
  for (const node of nodes) cost(node.name, node);
  return root;
}
