/** `phosphene layers`: every name that can be tapped, its shape and its cost. */
import { z } from "zod";
import type { Architecture } from "../run/model.ts";
import { parseSize } from "../core/options.ts";
import { summarize } from "../engine/summary.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { loadChosen, modelOptions } from "./_model.ts";
import { scaled, table, thousands } from "./_text.ts";

const layersOptions = z.object({
  tree: z.boolean().default(false).describe("Show blocks with what they hold"),
  size: z.string().min(1).optional()
    .describe("Size of the picture, WIDTHxHEIGHT; default: the model's input size"),
});

/** One module of a network. */
interface Layer {
  readonly name: string;
  /** What computes it; null for a block of others. */
  readonly op: string | null;
  /** `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** For one picture. */
  readonly multiplyAdds: number;
}

export const addLayers: AddCommand = (program, context) => {
  const command = program.command("layers")
    .summary("List a model's layers: names, shapes, parameters, cost")
    .description(
      "Lists the layers of a model, which is what --layer takes. An architecture needs no weights " +
        "here; with them, its number of classes is theirs.",
    )
    .argument("[model]", "model by its id, or a file; --model is the same");
  addFlags(command, layersOptions, "Options of layers:");
  addFlags(command, modelOptions.pick({ model: true, weights: true }), "Model:");
  command.action(async (argument?: string) => {
    const { tree, size } = readFlags(command, layersOptions);
    const given = readFlags(command, modelOptions.pick({ model: true, weights: true }));
    const model = argument ?? given.model;
    const { graph, inputSize } = await architecture(model, given.weights, context);
    const { width, height } = size === undefined ? inputSize : parseSize(size);
    const layers = layersOf(graph, height, width, model);
    const nodes = summarize(graph, height, width, graph.output, model);
    const total = {
      parameters: sum(nodes, "parameters"),
      multiplyAdds: sum(nodes, "multiplyAdds"),
    };
    const shown = tree ? layers : layers.filter(({ op }) => op !== null);
    context.print(
      { model, width, height, total, layers: shown },
      () => text(shown, total, tree, `${model}, pictures of ${width}×${height}`),
    );
  });
};

async function architecture(
  model: string,
  weights: string | undefined,
  context: Context,
): Promise<Pick<Architecture, "graph" | "inputSize">> {
  if (weights === undefined) return await (await import("../models/mod.ts")).architectureOf(model);
  const { network, inputSize } = await loadChosen({ model, weights }, context);
  return { graph: network.graph, inputSize };
}

/** Every module; a block's figures are the sums of what it holds. */
function layersOf(
  graph: Architecture["graph"],
  height: number,
  width: number,
  model: string,
): Layer[] {
  const nodes = summarize(graph, height, width, graph.output, model);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const input = [height, width, graph.input.shape[2]];
  return graph.modules.flatMap(({ name, node }) => {
    const own = byName.get(name);
    if (own) return [own];
    const inside = nodes.filter((n) => n.name.startsWith(`${name}.`));
    const output = byName.get(node);
    // behind the logits, or a module that the network does not use
    if (!output && node !== "input") return [];
    return [{
      name,
      op: inside.length ? null : "identity",
      shape: output?.shape ?? input,
      parameters: sum(inside, "parameters"),
      multiplyAdds: sum(inside, "multiplyAdds"),
    }];
  });
}

const sum = (layers: readonly Layer[], figure: "parameters" | "multiplyAdds") =>
  layers.reduce((total, layer) => total + layer[figure], 0);

/** Under which blocks a name lies, by its dots, as far as they are listed. */
function indented(layers: readonly Layer[]): string[] {
  const names = new Set(layers.map(({ name }) => name));
  return layers.map(({ name }) => {
    const parts = name.split(".");
    const parents = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."))
      .filter((parent) => names.has(parent));
    const rest = parents.length ? name.slice(parents.at(-1)!.length + 1) : name;
    return "  ".repeat(parents.length) + rest;
  });
}

function text(
  layers: readonly Layer[],
  total: Pick<Layer, "parameters" | "multiplyAdds">,
  tree: boolean,
  title: string,
): string {
  const names = tree ? indented(layers) : layers.map(({ name }) => name);
  const rows = layers.map(({ op, shape, parameters, multiplyAdds }, i) => [
    names[i],
    op ?? "",
    shape.join("×"),
    parameters ? thousands(parameters) : "",
    multiplyAdds ? scaled(multiplyAdds) : "",
  ]);
  const listed = table([
    ["layer", "op", "output (h×w×c)", "parameters", "multiply-adds"],
    ...rows,
    ["total", "", "", thousands(total.parameters), scaled(total.multiplyAdds)],
  ], [3, 4]);
  return `${title}\n${listed}`;
}
