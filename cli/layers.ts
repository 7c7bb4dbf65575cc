/** `phosphene layers`: every name that can be tapped, its shape and its cost. */
import { z } from "../deps/zod.ts";
import type { Architecture } from "../run/model.ts";
import { parseSize } from "../core/options.ts";
import { layersIn, type LayerTree, layerTree } from "../engine/layer_tree.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { loadChosen, modelOptions } from "./_model.ts";
import { scaled, table, thousands } from "./_text.ts";

const layersOptions = z.object({
  tree: z.boolean().default(false).describe("Show blocks with the layers inside them"),
  size: z.string().min(1).optional()
    .describe("Size of the picture, WIDTHxHEIGHT; default: the model's input size"),
});

export const addLayers: AddCommand = (program, context) => {
  const command = program.command("layers")
    .summary("List a model's layers: names, shapes, parameters, cost")
    .description(
      "Lists the layers of a model: the names that --layer takes. An architecture needs no weights " +
        "for this; with weights, it has as many classes as they do.",
    )
    .argument("[model]", "model: an id or a file (the same as --model)");
  addFlags(command, layersOptions, "Options of layers:");
  addFlags(command, modelOptions.pick({ model: true, weights: true }), "Model:");
  command.action(async (argument?: string) => {
    const { tree, size } = readFlags(command, layersOptions);
    const given = readFlags(command, modelOptions.pick({ model: true, weights: true }));
    const model = argument ?? given.model;
    const { graph, inputSize } = await architecture(model, given.weights, context);
    const { width, height } = size === undefined ? inputSize : parseSize(size);
    const whole = layerTree(graph, { width, height }, model);
    const layers = [...layersIn(whole)].filter(({ op }) => tree || op !== undefined);
    const { parameters, multiplyAdds } = whole;
    context.print(
      {
        model,
        width,
        height,
        total: { parameters, multiplyAdds },
        layers: layers.map(({ name, op = null, shape, parameters, multiplyAdds }) => ({
          name,
          op, // null for a block of others
          shape,
          parameters,
          multiplyAdds,
        })),
      },
      () =>
        text(
          tree ? indented(whole) : layers.map((layer) => [layer.name, layer]),
          whole,
          `${model}, pictures of ${width}×${height}`,
        ),
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

/** A layer as a line shows it: its name, and the rest. */
type Row = readonly [name: string, layer: LayerTree];

/** Names under their blocks, without what the block's name says. */
function indented(tree: LayerTree, depth = 0): Row[] {
  const rest = (name: string) => tree.name ? name.slice(tree.name.length + 1) : name;
  return tree.children.flatMap((layer): Row[] => [
    ["  ".repeat(depth) + rest(layer.name), layer],
    ...indented(layer, depth + 1),
  ]);
}

function text(rows: readonly Row[], whole: LayerTree, title: string): string {
  const listed = table([
    ["layer", "op", "output (h×w×c)", "parameters", "multiply-adds"],
    ...rows.map(([name, { op, shape, parameters, multiplyAdds }]) => [
      name,
      op ?? "",
      shape.join("×"),
      parameters ? thousands(parameters) : "",
      multiplyAdds ? scaled(multiplyAdds) : "",
    ]),
    ["total", "", "", thousands(whole.parameters), scaled(whole.multiplyAdds)],
  ], [3, 4]);
  return `${title}\n${listed}`;
}
