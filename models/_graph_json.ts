/** A graph as JSON, and back: what comes from a file is checked before it becomes one. */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { quoted } from "../core/text.ts";
import { sizeOf } from "../core/values.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { opNames, shapeAfter } from "../engine/ops/mod.ts";
import { DEFAULT_SIDE, MAX_ALL_NUMBERS, MAX_INDICES, MAX_NUMBERS } from "./_limits.ts";

/** Ten times what the largest networks have. */
const MAX_NODES = 2 ** 16;

const name = z.string().min(1).max(1000);
const size = z.int().min(1).max(2 ** 31);
const side = size.nullable();
const plain = z.union([z.number(), z.string().max(100), z.boolean()]);
const attribute = z.union([
  plain,
  z.array(z.number()).max(MAX_INDICES),
  z.array(z.union([plain, z.array(plain).max(64)])).max(4096),
]);
const pair = z.tuple([name, name]);

const graphSchema = z.object({
  input: z.object({ shape: z.tuple([side, side, size]) }),
  nodes: z.array(z.object({
    name,
    op: z.string().refine((op) => opNames().includes(op), "is no op that is known"),
    inputs: z.array(name).min(1).max(4096),
    attrs: z.record(z.string().max(100), attribute),
    params: z.record(z.string().max(100), name),
  })).min(1).max(MAX_NODES),
  output: name,
  modules: z.array(pair).max(4 * MAX_NODES),
  aliases: z.array(pair).max(4 * MAX_NODES),
  parameters: z.array(z.tuple([name, z.array(size).max(8)])).max(4 * MAX_NODES),
});

/** A graph as JSON. */
export const graphToJson = ({ modules, aliases, parameters, ...graph }: Graph): string =>
  JSON.stringify({
    ...graph,
    modules: modules.map((module) => [module.name, module.node]),
    aliases: [...aliases],
    parameters: [...parameters],
  });

/** Gives up on a graph: the reason goes into a sentence with its file. */
type Fail = (reason: string, cause?: unknown) => never;

/** A graph from JSON. @throws what `fail` throws, where it is none, or none that can run. */
export function graphFromJson(text: string, fail: Fail): Graph {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    return fail("its graph is no JSON", cause);
  }
  const found = checked(graphSchema, json), { data } = found;
  if (!data) return fail(`its graph is none: ${quoted(found.path)} is wrong (${found.message})`);
  const graph: Graph = {
    ...data,
    modules: data.modules.map(([name, node]) => ({ name, node })),
    aliases: new Map(data.aliases),
    parameters: new Map(data.parameters),
  };
  checkOrder(graph, fail);
  checkShapes(graph, fail);
  return graph;
}

/** Every node reads what stands before it, and every name leads to a node. */
function checkOrder({ nodes, output, modules, aliases, parameters }: Graph, fail: Fail): void {
  const known = new Set([INPUT]);
  for (const { name, inputs, params } of nodes) {
    if (known.has(name)) fail(`its graph has two nodes ${quoted(name)}`);
    const unknown = inputs.find((input) => !known.has(input));
    if (unknown !== undefined) {
      fail(`${quoted(name)} in its graph reads ${quoted(unknown)}, which does not stand before it`);
    }
    const missing = Object.values(params).find((parameter) => !parameters.has(parameter));
    if (missing !== undefined) {
      fail(`${quoted(name)} in its graph has a parameter ${quoted(missing)} that is not there`);
    }
    known.add(name);
  }
  const ends = [output, ...modules.map(({ node }) => node), ...aliases.values()];
  const lost = ends.find((node) => !known.has(node));
  if (lost !== undefined) fail(`its graph names ${quoted(lost)}, which is not in it`);
}

/** Works every shape out at the picture's usual size. */
function checkShapes({ input, nodes, parameters }: Graph, fail: Fail): void {
  const [height, width, channels] = input.shape;
  const shapes = new Map<string, readonly number[]>([
    [INPUT, [height ?? DEFAULT_SIDE, width ?? DEFAULT_SIDE, channels]],
  ]);
  let all = 0;
  for (const { name, op: kind, inputs, attrs, params } of nodes) {
    const own = Object.fromEntries(
      Object.entries(params).map(([role, parameter]) => [role, parameters.get(parameter)!]),
    );
    let shape: readonly number[];
    try {
      shape = shapeAfter(kind, inputs.map((node) => shapes.get(node)!), { attrs, params: own });
    } catch (error) {
      if (error instanceof UserError) throw error;
      return fail(
        `${quoted(name)} (${kind}) in its graph does not fit: ${(error as Error).message}`,
      );
    }
    const numbers = sizeOf(shape);
    if (!shape.every((n) => Number.isInteger(n) && n > 0) || numbers > MAX_NUMBERS) {
      fail(`${quoted(name)} (${kind}) in its graph gives [${shape.join(", ")}] numbers`);
    }
    all += numbers;
    if (all > MAX_ALL_NUMBERS) {
      fail(`the nodes of its graph give more than ${MAX_ALL_NUMBERS} numbers`);
    }
    shapes.set(name, shape);
  }
}
