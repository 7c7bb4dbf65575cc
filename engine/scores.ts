/** What a network's outputs are, found from how its graph ends. */
import { UserError } from "../core/errors.ts";
import { type Graph, INPUT, type Node } from "./graph.ts";
import { op } from "./ops/mod.ts";
import { summarize } from "./summary.ts";

/**
 * What becomes of a network's outputs:
 * - `softmax`: they are logits of classes of which one is right;
 * - `sigmoid`: logits of labels that are independent of each other, or the one logit of a yes or no;
 * - `linear`: scores that are no one's probability, as of a regression;
 * - `probabilities`: they are probabilities already, and there are no logits.
 */
export type Scores = "softmax" | "sigmoid" | "linear" | "probabilities";

/** Each of these. */
export const SCORES: readonly Scores[] = ["softmax", "sigmoid", "linear", "probabilities"];

/** A picture of this side stands for any where a graph leaves its size open. */
const SOME_SIDE = 224;

/**
 * Shapes of a graph's values, the batch left out: of its own size, or of a picture of 224×224;
 * empty where it does not accept that.
 */
export function nominalShapes(graph: Graph): ReadonlyMap<string, readonly number[]> {
  const [height, width, channels] = graph.input.shape;
  const size = [height ?? SOME_SIDE, width ?? SOME_SIDE] as const;
  try {
    const values = summarize(graph, ...size).map(({ name, shape }) => [name, shape] as const);
    return new Map([[INPUT, [...size, channels]], ...values]);
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}

/** A graph that ends in its scores, and what these are. */
export interface Split {
  readonly graph: Graph;
  readonly scores: Scores;
}

/**
 * Takes the softmax or the sigmoid off a graph's end, so that it ends in logits: the last node, or one
 * behind which numbers are only moved (a Reshape, a Flatten, a Dropout), or, of sigmoids, chosen by
 * their size. The name of a layer that had it as its own activation then means the logits. Means of
 * several softmaxes or sigmoids have no logits: they stay, as `probabilities`.
 */
export function splitScores(graph: Graph): Split {
  const last = scoring(graph);
  if (!last) return { graph, scores: endsInProbabilities(graph) ? "probabilities" : "linear" };
  return { graph: without(graph, last), scores: op(last.op).traits.scores! };
}

/** The softmax or sigmoid that can be left out. */
function scoring(graph: Graph): Node | undefined {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const behind: Node[] = [];
  for (let node = nodes.get(graph.output); node; node = nodes.get(node.inputs[0])) {
    const { scores, nature, inserts } = op(node.op).traits;
    if (scores) {
      const fits = scores === "sigmoid" || keepClasses(behind, graph);
      return fits && node.inputs[0] !== INPUT ? node : undefined;
    }
    if (nature !== "routed" || inserts || node.inputs.length !== 1) return undefined;
    behind.push(node);
  }
}

/** Whether behind these nodes the numbers of each place, its classes, are together and alone. */
function keepClasses(moves: readonly Node[], graph: Graph): boolean {
  if (moves.length === 0) return true;
  const shapes = nominalShapes(graph);
  return moves.every(({ name, op: kind, inputs }) => {
    const [before, after] = [inputs[0], name].map((value) => shapes.get(value)?.at(-1));
    const { chooses, reorders } = op(kind).traits;
    return !chooses && !reorders && before !== undefined && before === after;
  });
}

/** Whether all that arrives at the end is a softmax's or a sigmoid's, moved and averaged. */
function endsInProbabilities(graph: Graph): boolean {
  const known = new Map<string, boolean>();
  for (const { name, op: kind, inputs } of graph.nodes) {
    const { scores, logarithm, nature, averages } = op(kind).traits;
    known.set(
      name,
      scores !== undefined && !logarithm ||
        (nature === "routed" || averages === true) && inputs.every((i) => known.get(i) === true),
    );
  }
  return known.get(graph.output) === true;
}

/** A graph without one of its nodes; its name, and its modules', go to what it read. */
function without(graph: Graph, left: Node): Graph {
  const [before] = left.inputs, inner = `${left.name}.linear`;
  // a layer's own activation: what is left of the layer takes its name
  const now = before === inner ? left.name : before;
  const renamed = (node: string) => node === left.name || node === before ? now : node;
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => node !== left).map((node) => ({
      ...node,
      name: renamed(node.name),
      inputs: node.inputs.some((input) => renamed(input) !== input)
        ? node.inputs.map(renamed)
        : node.inputs,
    })),
    output: renamed(graph.output),
    modules: graph.modules
      .filter(({ name }) => name !== inner)
      .map((module) => ({ ...module, node: renamed(module.node) })),
    aliases: new Map([
      ...[...graph.aliases].map(([name, node]) => [name, renamed(node)] as const),
      ...(before === inner ? [[inner, now] as const] : []),
    ]),
  };
}
