/** Techniques and models from the user's own files. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { UserError } from "../core/errors.ts";
import type { ModelAdapter } from "../run/model.ts";
import type { Technique } from "../run/technique.ts";
import { techniques } from "../techniques/mod.ts";

/** The files that `--plugin FILE` and `--plugin=FILE` name, before the flags are parsed. */
export function pluginsIn(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).flatMap((arg, i) => {
    if (arg.startsWith("--plugin=")) return [arg.slice("--plugin=".length)];
    return arg === "--plugin" && args[i + 1] !== undefined ? [args[i + 1]] : [];
  });
}

const isFunction = z.custom((value) => typeof value === "function");
const techniqueShape = z.looseObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  title: z.string(),
  kind: z.enum(["attribution", "visualization"]),
  options: z.instanceof(z.ZodObject),
  run: isFunction,
});
const adapterShape = z.looseObject({
  id: z.string(),
  models: z.array(z.string()),
  accepts: isFunction,
  architecture: isFunction,
  load: isFunction,
});

async function importDefault(file: string): Promise<unknown> {
  const path = resolve(file);
  try {
    if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
    return (await import(pathToFileURL(path).href)).default;
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message ?? String(error);
    throw new UserError(`Cannot load the plugin "${file}": ${reason.split("\n")[0]}.`);
  }
}

/**
 * Adds what a module exports by default to the registries: a technique, a model adapter, or a list
 * of them.
 *
 * @throws UserError where the file cannot be loaded or exports something else.
 */
export async function loadPlugin(file: string): Promise<void> {
  const exported = await importDefault(file);
  for (const plugin of Array.isArray(exported) ? exported : [exported]) {
    if (techniqueShape.safeParse(plugin).success) techniques.add(plugin as Technique);
    else if (adapterShape.safeParse(plugin).success) {
      const { models } = await import("../models/mod.ts");
      models.add(plugin as ModelAdapter);
    } else {
      throw new UserError(
        `Cannot use the plugin "${file}": its default export is no technique and no model adapter ` +
          `(nor a list of them).`,
      );
    }
  }
}
