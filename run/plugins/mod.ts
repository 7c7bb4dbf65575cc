/** Techniques and models from the user's own files: the one way in, for every surface. */
import { PluginError } from "../../core/errors.ts";
import type { Registry } from "../../core/registry.ts";
import { platform } from "../../platform/mod.ts";
import type { ModelAdapter } from "../model.ts";
import { models } from "../models.ts";
import type { Technique } from "../technique.ts";
import { techniques } from "../techniques.ts";
import { guardAdapter, guardTechnique } from "./_guard.ts";
import { judge } from "./_rules.ts";
import { type Origin, remember } from "./origin.ts";

export { checkResult } from "./_guard.ts";
export { type Origin, originOf } from "./origin.ts";

/** A file that was loaded, and what it added. */
export interface Plugin extends Origin {
  readonly techniques: readonly Technique[];
  readonly models: readonly ModelAdapter[];
}

/** A failure to load, in one sentence. */
function unloadable(file: string, error: unknown): PluginError {
  const reason = platform.reason(error).split("\n")[0].replace(/[.:]$/, "");
  return new PluginError(file, `Cannot load the plugin "${file}": ${reason}.`, { cause: error });
}

const unusable = (file: string, reason: string) =>
  new PluginError(file, `Cannot use the plugin "${file}": ${reason}.`);

/** The bytes of a plugin's file, and what it exports by default. */
async function read(file: string): Promise<{ sha256: string; exported: unknown }> {
  try {
    const url = platform.fileUrl(file);
    if ((await platform.stat(url)).kind !== "file") throw new Error("it is not a file");
    const sha256 = await platform.sha256(await platform.readFile(url));
    return { sha256, exported: (await import(url.href)).default };
  } catch (error) {
    throw unloadable(file, error);
  }
}

/** A thing that a module exports, all its fields checked. */
type Export =
  | { readonly noun: "technique"; readonly thing: Technique }
  | { readonly noun: "model adapter"; readonly thing: ModelAdapter };

/** Checks every field of every thing that a module exports. */
function judged(file: string, exported: unknown): readonly Export[] {
  if (exported === undefined) {
    throw unusable(file, "it has no default export, which must be a technique or a model adapter");
  }
  const things = [exported].flat();
  if (things.length === 0) throw unusable(file, "its default export is an empty list");
  return things.map((thing) => {
    const found = judge(thing);
    if (!found) {
      throw unusable(
        file,
        "its default export is neither a technique nor a model adapter, nor a list of them",
      );
    }
    const { noun, named, faults } = found;
    if (faults.length > 0) throw unusable(file, `of the ${named}, ${faults.join("; ")}`);
    return { noun, thing } as Export;
  });
}

/** The guarded thing that an original became: loading a file again adds nothing. */
const admitted = new WeakMap<object, Technique | ModelAdapter>();

const REGISTRIES = { "technique": techniques, "model adapter": models };

/** Checks, before any is added, that no id is taken: by something registered or by one another. */
function refuseTaken(file: string, exports: readonly Export[]): void {
  const seen = new Set<string>();
  for (const { thing, noun } of exports) {
    const { id } = thing, key = `${noun} "${id}"`;
    if (admitted.has(thing)) continue;
    if (REGISTRIES[noun].has(id) || seen.has(key)) {
      throw unusable(file, `there is already a ${key}`);
    }
    seen.add(key);
  }
}

function admit<Thing extends Technique | ModelAdapter>(
  original: Thing,
  registry: Registry<Thing>,
  guard: (thing: Thing, origin: Origin) => Thing,
  origin: Origin,
): Thing {
  const before = admitted.get(original);
  if (before) return before as Thing;
  const guarded = guard(original, origin);
  registry.add(guarded);
  for (const thing of [original, guarded]) remember(thing, origin);
  admitted.set(original, guarded);
  return guarded;
}

/**
 * Adds what a module exports by default to the registries: a technique, a model adapter, or a list
 * of them. What is registered has the same fields, and tells its faults as the plugin's. A file that
 * is loaded already adds nothing.
 *
 * @param file Path or `file:` address; messages and manifests name the plugin by it.
 * @throws PluginError where the file cannot be loaded, exports something else, lacks a field or has a
 * wrong one, or where an id is taken. Then nothing of it is added.
 * @example
 * ```ts
 * const { techniques: [mine] } = await loadPlugin("examples/plugin_technique.ts");
 * await attribute(mine, { model, image });
 * ```
 */
export async function loadPlugin(file: string): Promise<Plugin> {
  const { sha256, exported } = await read(file);
  const exports = judged(file, exported), origin: Origin = { file, sha256 };
  refuseTaken(file, exports);
  const added = { techniques: [] as Technique[], models: [] as ModelAdapter[] };
  for (const { noun, thing } of exports) {
    if (noun === "technique") {
      added.techniques.push(admit(thing, techniques, guardTechnique, origin));
    } else {
      added.models.push(admit(thing, models, guardAdapter, origin));
    }
  }
  return { ...origin, ...added };
}
