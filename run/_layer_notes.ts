/** What a user who comes from PyTorch should know of the layer that they asked for. */
import { namesIn, optionFields } from "../core/options.ts";
import { type Graph, INPUT, resolveLayer } from "../engine/graph.ts";
import { writtenOver } from "../engine/in_place.ts";
import type { Model } from "./model.ts";
import type { Technique } from "./technique.ts";

/** What PyTorch calls ops. */
const IN_WORDS: Readonly<Record<string, string>> = {
  relu: "ReLU",
  relu6: "ReLU6",
  swish: "SiLU",
  hardSwish: "Hardswish",
  add: "addition",
};

/** The name by which people know a node: its own, or else that of a module that ends in it. */
const nameOf = ({ modules }: Graph, node: string): string =>
  (modules.find(({ name }) => name === node) ?? modules.findLast((m) => m.node === node))?.name ??
    node;

/** Of a layer that PyTorch computes over. */
function noteOn(layer: string, { network: { graph }, id }: Model): string[] {
  let node: string;
  try {
    node = resolveLayer(graph, layer, id);
  } catch {
    return []; // a plugin's own word for something else
  }
  // what has no name in PyTorch takes no hook there
  if (node === INPUT || !graph.modules.some((module) => module.node === node)) return [];
  const over = writtenOver(graph, node);
  if (over.length === 0) return [];
  const ops = over.map(({ op }) => IN_WORDS[op] ?? op).join(" and ");
  return [
    `In PyTorch, a hook on "${layer}" shows what the in-place ${ops} after it ` +
    `${over.length === 1 ? "leaves" : "leave"}: here that is "${
      nameOf(graph, over.at(-1)!.name)
    }".`,
  ];
}

/** Notes on the layers that a technique's options name, in sentences. */
export const diagnoseLayers = (
  technique: Technique,
  options: Readonly<Record<string, unknown>>,
  model: Model,
): string[] =>
  optionFields(technique.options)
    .filter(({ role }) => role === "layer")
    .flatMap(({ name }) => options[name])
    .filter((layers) => typeof layers === "string")
    .flatMap(namesIn)
    .flatMap((layer) => noteOn(layer, model));
