/** A network as data: named nodes in topological order, and the names that people know them by. */
import { nearestHint, UserError } from "../core/errors.ts";

/** Attributes of a node: plain data that the op's entry understands. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One operation of a network. */
export interface Node {
  /** Unique in its graph; PyTorch module names or Keras layer names where there are such. */
  readonly name: string;
  /** Key in the op table (`engine/ops/mod.ts`). */
  readonly op: string;
  /** Names of the nodes (or `"input"`) that it reads. */
  readonly inputs: readonly string[];
  /** What the op is told besides: strides, padding, an epsilon. */
  readonly attrs: Attributes;
  /** Role (`kernel`, `bias`, `scale`, …) → name of the parameter. */
  readonly params: Readonly<Record<string, string>>;
}

/** Where a name of a module leads: the node whose output is the module's output. */
export interface Module {
  /** Its dotted path from the root: `layer4.2`. */
  readonly name: string;
  /** Name of that node. */
  readonly node: string;
}

/**
 * A network without its numbers. Activations are `[batch, height, width, channels]` or
 * `[batch, features]`; shapes in here leave the batch out. `null` stands for any size.
 */
export interface Graph {
  /** The image: `[height, width, channels]`. */
  readonly input: { readonly shape: readonly [number | null, number | null, number] };
  /** Each behind all that it reads. */
  readonly nodes: readonly Node[];
  /** The node that gives the logits. */
  readonly output: string;
  /** Every name a user sees, containers included, in the order of definition. */
  readonly modules: readonly Module[];
  /** Names that are understood but not listed (another library's name for the same thing). */
  readonly aliases: ReadonlyMap<string, string>;
  /** Shape of each parameter in the engine's layout: convolutions `[kh, kw, in, out]`, dense `[in, out]`. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
}

/** The name under which a graph's image is tapped. */
export const INPUT = "input";

/** The name under which any graph's output is tapped. */
export const LOGITS = "logits";

/** `layer3[1].act3` → `layer3.1.act3`. */
const normalizeName = (name: string): string => name.trim().replace(/\[(\d+)\]/g, ".$1");

/**
 * Finds the node that a layer's name means: a node, a module (its output), or an alias.
 *
 * @throws UserError for an unknown name, with the nearest ones.
 * @example
 * ```ts
 * resolveLayer(graph, "layer3[1].act3", "resnet50"); // "layer3.1.act3"
 * ```
 */
export function resolveLayer(graph: Graph, name: string, model = "the network"): string {
  const wanted = normalizeName(name);
  if (wanted === INPUT) return INPUT;
  const module = graph.modules.find((m) => m.name === wanted);
  if (module) return module.node;
  const alias = graph.aliases.get(wanted);
  if (alias) return alias;
  if (graph.nodes.some((n) => n.name === wanted)) return wanted;
  if (wanted === LOGITS) return graph.output;
  const names = graph.modules.map((m) => m.name);
  throw new UserError(
    `There is no layer "${name}" in ${model}; ${nearestHint(wanted, names)}.`,
    { code: "unknown-layer" },
  );
}

/** The nodes needed to compute `targets`, in order, where the values of `given` ones are known. */
export function ancestors(
  graph: Graph,
  targets: Iterable<string>,
  given: ReadonlySet<string> = new Set(),
): readonly Node[] {
  const needed = new Set(targets);
  const kept: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (!needed.has(node.name) || given.has(node.name)) continue;
    kept.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return kept.reverse();
}

/** The nodes that depend on one, it included. */
export function descendants(graph: Graph, start: string): ReadonlySet<string> {
  const behind = new Set([start]);
  for (const { name, inputs } of graph.nodes) {
    if (inputs.some((input) => behind.has(input))) behind.add(name);
  }
  return behind;
}
