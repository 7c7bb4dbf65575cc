/** `phosphene convert`: a network as a file of its own, which loads without flags. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { layerTree } from "../engine/layer_tree.ts";
import { encodeModel } from "../models/mod.ts";
import { platform } from "../platform/mod.ts";
import type { AddCommand } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { megabytes, thousands } from "./_text.ts";

const convertOptions = z.object({
  force: z.boolean().default(false).describe("Replace a file that is there"),
});

export const addConvert: AddCommand = (program, context) => {
  const command = program.command("convert")
    .summary("Write a network as one file that loads without flags")
    .description(
      "Loads a model, from whatever it is, and writes it as one safetensors file: the numbers, and in " +
        "the metadata the graph, the preprocessing and the names of the classes. --model takes the " +
        "file without any other flag.",
    )
    .argument("<in>", "model: an id or a file (as --model takes it)")
    .argument("<out>", "file to write, such as mine.safetensors");
  addFlags(command, convertOptions, "Options of convert:");
  addModelFlags(command);
  command.action(async (from: string, to: string) => {
    const { force } = readFlags(command, convertOptions);
    if (!force && await platform.exists(to)) {
      throw new UserError(
        `"${to}" is there already: choose another name, or replace it with ${option("force")}.`,
        { code: "taken" },
      );
    }
    const model = await loadChosen({ ...readFlags(command, chosenOptions), model: from }, context);
    const bytes = encodeModel(model);
    context.signal.throwIfAborted();
    await platform.writeWhole(to, bytes, { replace: force }).catch((cause) => {
      throw new UserError(`Cannot write "${to}": ${platform.reason(cause)}.`, {
        code: "cannot-write",
        cause,
      });
    });
    const { network: { graph }, inputSize, labels } = model;
    const { parameters } = layerTree(graph, inputSize, from);
    context.print(
      { model: from, file: to, bytes: bytes.length, parameters, classes: labels.length },
      () => `${to}: ${thousands(parameters)} parameters, ${megabytes(bytes.length)}`,
    );
  });
};
