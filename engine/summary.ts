/** Shapes and cost of a network's nodes for a picture size, without running it. */
import { UserError } from "../core/errors.ts";
import { ancestors, type Graph, INPUT } from "./graph.ts";
import { op, shapeAfter } from "./ops/mod.ts";
import { sizeOf } from "../core/values.ts";

/** A node as a table shows it. */
export interface NodeSummary {
  /** The node's name. */
  readonly name: string;
  /** The op's key in the table. */
  readonly op: string;
  /** `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  /** Multiply-adds for one picture. */
  readonly multiplyAdds: number;
  /** How many numbers the node has learnt. */
  readonly parameters: number;
}

/**
 * Works out every node that `until` (default: the logits) needs, in order.
 *
 * @throws UserError where the network does not accept pictures of that size.
 */
export function summarize(
  graph: Graph,
  height: number,
  width: number,
  until: string = graph.output,
  name = "The network",
): readonly NodeSummary[] {
  const given = new Map([[INPUT, [height, width, graph.input.shape[2]]]]);
  return summarizeFrom(graph, given, [until], name);
}

/**
 * Works out every node that `targets` need beside given ones, whose shapes are known (batch left out).
 *
 * @throws UserError where these shapes do not fit the network.
 */
export function summarizeFrom(
  graph: Graph,
  given: ReadonlyMap<string, readonly number[]>,
  targets: Iterable<string>,
  name = "The network",
): readonly NodeSummary[] {
  const shapes = new Map(given);
  return ancestors(graph, targets, new Set(given.keys())).map((node) => {
    const inputs = node.inputs.map((input) => {
      const shape = shapes.get(input);
      if (!shape) throw new Error(`"${node.name}" reads "${input}", whose value is not given`);
      return shape;
    });
    const params = Object.fromEntries(
      Object.entries(node.params).map(([role, p]) => [role, graph.parameters.get(p)!]),
    );
    const entry = op(node.op), call = { attrs: node.attrs, params };
    let shape: readonly number[];
    try {
      shape = shapeAfter(node.op, inputs, call);
    } catch (error) {
      throw new UserError(
        `${name} does not accept ${describe(given)}: at "${node.name}" (${node.op}) ` +
          `${(error as Error).message}.`,
      );
    }
    shapes.set(node.name, shape);
    return {
      name: node.name,
      op: node.op,
      shape,
      multiplyAdds: entry.cost?.(inputs, shape, call) ?? 0,
      parameters: Object.entries(params)
        .filter(([role]) => !entry.traits.observed?.includes(role))
        .reduce((sum, [, shape]) => sum + sizeOf(shape), 0),
    };
  });
}

/** What was given, for a message. */
function describe(given: ReadonlyMap<string, readonly number[]>): string {
  const image = given.get(INPUT);
  if (image) return `a picture of ${image[1]}×${image[0]}`;
  return [...given].map(([name, shape]) => `[${shape.join(", ")}] at "${name}"`).join(" and ");
}
