/** A network's graph at one level: a layer's parts as boxes, what they read as lines between them. */
import dagre from "../deps/dagre.ts";
import { ancestors, type Graph } from "../engine/graph.ts";
import type { LayerTree } from "../engine/layer_tree.ts";

/** A part of a network. */
export interface Box {
  readonly id: string;
  readonly label: string;
  /** `[height, width, channels]` or `[features]`, where it is a layer. */
  readonly shape?: readonly number[];
  /** Whether it is a layer that people know by name, and whether there are others inside it. */
  readonly layer?: string;
  readonly holds: boolean;
}

export interface GraphView {
  readonly boxes: readonly Box[];
  /** Ids of boxes: what is read, and what reads it. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** What a level reads from outside of it. */
const OUTSIDE = "\0outside";

/** The layers that lead to one, the tree itself first and it last; nothing where it has no such layer. */
export function wayTo(tree: LayerTree, name: string): readonly LayerTree[] | undefined {
  if (tree.name === name) return [tree];
  for (const child of tree.children) {
    const way = wayTo(child, name);
    if (way) return [tree, ...way];
  }
}

/** The layer of a tree that has a name; the tree itself for the empty one. */
export const layerIn = (tree: LayerTree, name: string): LayerTree | undefined =>
  wayTo(tree, name)?.at(-1);

const isIn = (name: string, layer: string) => name === layer || name.startsWith(`${layer}.`);

/** A layer's name without that of the layer that it is in. */
export const lastPart = (name: string, within: string) =>
  within ? name.slice(within.length + 1) : name;

/** What a layer is made of; nothing where it is a single operation. */
export function viewOf(graph: Graph, layer: LayerTree): GraphView | undefined {
  const { children, name: at } = layer;
  if (children.length === 0) return undefined;
  const names = Map.groupBy(graph.modules, ({ node }) => node);
  const used = ancestors(graph, [graph.output]), boxOf = new Map<string, string>();
  const boxes = new Map<string, Box>();
  for (const { name, op } of used) {
    const known = [name, ...(names.get(name) ?? []).map((module) => module.name)];
    const child = children.find((child) => known.some((name) => isIn(name, child.name)));
    if (child) {
      boxOf.set(name, child.name);
      boxes.set(child.name, {
        id: child.name,
        label: lastPart(child.name, at),
        shape: child.shape,
        layer: child.name,
        holds: child.children.length > 0,
      });
    } else if (!at || known.some((name) => isIn(name, at))) {
      // an operation between layers: an addition, a flattening
      boxOf.set(name, name);
      boxes.set(name, { id: name, label: op, holds: false });
    }
  }
  const edges = new Map<string, readonly [string, string]>();
  for (const { name, inputs } of used) {
    const to = boxOf.get(name);
    if (to === undefined) continue;
    for (const input of inputs) {
      const from = boxOf.get(input) ?? OUTSIDE;
      if (from !== to) edges.set(JSON.stringify([from, to]), [from, to]);
    }
  }
  const reads = [...edges.values()].some(([from]) => from === OUTSIDE);
  const outside: Box = { id: OUTSIDE, label: at ? "in" : "picture", holds: false };
  return { boxes: [...reads ? [outside] : [], ...boxes.values()], edges: [...edges.values()] };
}

/** A point in a drawing, in its pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A drawing of a graph; boxes by their middles. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Box & Point & { readonly width: number; readonly height: number })[];
  readonly lines: readonly (readonly Point[])[];
}

const MARGIN = 12, LETTER = 7.6, PADDING = 22, LEAST_WIDTH = 58, HEIGHT = 46, LOW = 28;

/** Draws a graph from left to right. */
export function draw(
  { boxes, edges }: GraphView,
  shape: (sizes: readonly number[]) => string,
): Drawing {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 30, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) {
    const letters = Math.max(box.label.length, box.shape ? 0.85 * shape(box.shape).length : 0);
    const width = Math.max(LEAST_WIDTH, Math.round(letters * LETTER + PADDING));
    graph.setNode(box.id, { width, height: box.shape ? HEIGHT : LOW });
  }
  for (const [from, to] of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: boxes.map((box) => {
      const { x, y, width, height } = graph.node(box.id);
      return { ...box, x, y, width, height };
    }),
    lines: edges.map(([from, to]) => graph.edge(from, to).points),
  };
}
