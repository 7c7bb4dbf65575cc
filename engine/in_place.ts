/** Where PyTorch writes a result over what it was computed from, so that a hook there sees the result. */
import type { Graph, Node } from "./graph.ts";

/**
 * The mark of a node that PyTorch's module computes in place, over its first input. It changes nothing
 * that is computed here, where every value is kept as it was.
 */
const MARK = "inPlace";

/** A graph whose nodes of a kind are marked as computed in place. */
export const markInPlace = (graph: Graph, isInPlace: (node: Node) => boolean): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) =>
    isInPlace(node) ? { ...node, attrs: { ...node.attrs, [MARK]: true } } : node
  ),
});

/** The nodes that write over a node's value in PyTorch, one after the other; the last one's stays. */
export function writtenOver(graph: Graph, name: string): readonly Node[] {
  const next = graph.nodes.find(({ inputs: [first], attrs }) =>
    first === name && attrs[MARK] === true
  );
  return next ? [next, ...writtenOver(graph, next.name)] : [];
}
