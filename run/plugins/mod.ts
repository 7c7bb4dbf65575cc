/** What plugins add to the registries: the one way in, for every surface. */
import { nearestHint, PluginError } from "../../core/errors.ts";
import { quoted } from "../../core/text.ts";
import { isObject } from "../../core/json.ts";
import type { ColourMap } from "../../image/colour_maps.ts";
import type { Metric } from "../metric.ts";
import type { ModelAdapter } from "../model.ts";
import type { ObjectiveMaker } from "../objective.ts";
import type { Parameterization } from "../parameterization.ts";
import type { Transform } from "../transform.ts";
import type { Technique } from "../technique.ts";
import { type Kind, KINDS } from "./_kinds.ts";
import { meantAs } from "./_rules.ts";
import { moduleOf } from "./_source.ts";
import { CONTRACT, type PluginDefinition, type PluginParts } from "./define.ts";
import { type Origin, remember } from "./origin.ts";

export { checkResult } from "./_guard.ts";
export { CONTRACT, definePlugin, type PluginDefinition, type PluginParts } from "./define.ts";
export { type Origin, originOf } from "./origin.ts";

/** A plugin that was loaded, and what it added. */
export interface Plugin extends Origin {
  /** Its techniques, as they stand in the registry. */
  readonly techniques: readonly Technique[];
  /** Its families of networks and file formats, likewise. */
  readonly models: readonly ModelAdapter[];
  /** Its metrics, likewise. */
  readonly metrics: readonly Metric[];
  /** Its objectives, likewise. */
  readonly objectives: readonly ObjectiveMaker[];
  /** Its transformations, likewise. */
  readonly transforms: readonly Transform[];
  /** Its parameterizations, likewise. */
  readonly parameterizations: readonly Parameterization[];
  /** Its colour maps, likewise. */
  readonly colourMaps: readonly ColourMap[];
  /** The names of its ops. */
  readonly ops: readonly string[];
}

type Part = keyof PluginParts;
const PARTS = Object.keys(KINDS) as Part[];

/** A thing that a plugin adds, before it is looked at. */
interface Thing {
  readonly part: Part;
  readonly thing: { readonly id: string };
}

const unusable = (name: string, reason: string) =>
  new PluginError(name, `Cannot use the plugin "${name}": ${reason}.`);

const isDefinition = (exported: unknown): exported is PluginDefinition =>
  isObject(exported) && "contract" in exported;

/** The things of a plugin that was made by `definePlugin`. */
function thingsIn(name: string, definition: PluginDefinition): Thing[] {
  const { contract, ...parts } = definition;
  if (contract !== CONTRACT) {
    const newer = typeof contract === "number" && contract > CONTRACT;
    throw unusable(
      name,
      `its contract is version ${quoted(contract)}, and this Phosphene has version ${CONTRACT}: ` +
        (newer ? "a newer Phosphene may run it" : "it has to be brought up to date"),
    );
  }
  return Object.entries(parts).flatMap(([part, given]) => {
    if (given === undefined) return [];
    if (!PARTS.includes(part as Part)) {
      throw unusable(name, `a plugin has no part "${part}"; ${nearestHint(part, PARTS)}`);
    }
    if (part === "ops") {
      if (!isObject(given) || Array.isArray(given)) {
        throw unusable(name, "its ops must be an object, each by its name");
      }
      return Object.entries(given).map(([id, op]) => {
        if (!/^[a-z][A-Za-z0-9]*$/.test(id)) {
          throw unusable(name, `its op "${id}" must be named in letters and digits, like myOp`);
        }
        const thing = isObject(op) ? { id, ...op } : op;
        return { part: "ops" as const, thing: thing as unknown as Thing["thing"] };
      });
    }
    if (!Array.isArray(given)) throw unusable(name, `its ${part} must be a list`);
    return given.map((thing) => ({ part: part as Part, thing }));
  });
}

/** The things of what a module exports: a plugin, or a technique, a model adapter, a list of them. */
function exportedThings(name: string, exported: unknown): Thing[] {
  const WANTED = "a plugin (definePlugin makes one), a technique or a model adapter";
  if (exported === undefined) {
    throw unusable(name, `it has no default export, which must be ${WANTED}`);
  }
  if (isDefinition(exported)) {
    const things = thingsIn(name, exported);
    if (things.length === 0) {
      throw unusable(name, `it adds nothing; it may have ${PARTS.join(", ")}`);
    }
    return things;
  }
  const things: unknown[] = [exported].flat();
  if (things.length === 0) throw unusable(name, "its default export is an empty list");
  return things.map((thing) => {
    const part = meantAs(thing);
    if (part) return { part, thing: thing as Thing["thing"] };
    throw unusable(
      name,
      "its default export is neither a technique nor a model adapter, nor a plugin (definePlugin " +
        "makes one), nor a list of the first two",
    );
  });
}

/** Checks every field of every thing. */
function refuseFaulty(name: string, things: readonly Thing[]): void {
  for (const { part, thing } of things) {
    const { noun, faults } = KINDS[part], found = faults(thing);
    if (found.length === 0) continue;
    const id = isObject(thing) ? thing.id : undefined;
    const named = typeof id === "string" && id.trim() ? `${noun} ${quoted(id)}` : noun;
    throw unusable(name, `of the ${named}, ${found.join("; ")}`);
  }
}

/** The guarded thing that an original became: loading a plugin again adds nothing. */
const admitted = new WeakMap<object, { readonly id: string }>();
/** What each definition became: its ops are copies, which no original tells. */
const loaded = new WeakMap<object, Plugin>();

/** Checks, before any is added, that no id is taken: by something registered or by one another. */
function refuseTaken(name: string, things: readonly Thing[]): void {
  const seen = new Set<string>();
  for (const { part, thing } of things) {
    const { noun, has } = KINDS[part], key = `${noun} "${thing.id}"`;
    if (admitted.has(thing)) continue;
    if (has(thing.id) || seen.has(key)) throw unusable(name, `there is already a ${key}`);
    seen.add(key);
  }
}

function admit({ part, thing }: Thing, origin: Origin): { readonly id: string } {
  const before = admitted.get(thing);
  if (before) return before;
  const kind: Kind<Thing["thing"]> = KINDS[part], guarded = kind.guard(thing, origin);
  kind.add(guarded);
  for (const known of [thing, guarded]) remember(known, origin);
  admitted.set(thing, guarded);
  return guarded;
}

/**
 * Adds what a module exports by default to the registries: a plugin, or a technique, a model adapter,
 * a list of them. What is registered has the same fields, and tells its faults as the plugin's. A
 * plugin that is loaded already adds nothing.
 *
 * @param name Path or `file:`, `https:`, `npm:`, `jsr:` address; messages and manifests name the
 * plugin by it.
 * @throws PluginError where it cannot be loaded, exports something else, is made for another version
 * of the contract, lacks a field or has a wrong one, or where an id is taken. Then nothing of it is
 * added.
 * @example
 * ```ts
 * const { techniques: [mine] } = await loadPlugin("examples/plugin_technique.ts");
 * await attribute(mine, { model, image });
 * ```
 */
export async function loadPlugin(name: string): Promise<Plugin> {
  const { sha256, exported } = await moduleOf(name);
  if (isObject(exported) && loaded.has(exported)) return loaded.get(exported)!;
  const things = exportedThings(name, exported);
  const origin: Origin = sha256 === undefined ? { file: name } : { file: name, sha256 };
  refuseFaulty(name, things);
  refuseTaken(name, things);
  const added = things.map((thing) => ({ part: thing.part, thing: admit(thing, origin) }));
  const of = (part: Part) => added.filter((one) => one.part === part).map(({ thing }) => thing);
  const plugin = {
    ...origin,
    techniques: of("techniques"),
    models: of("models"),
    metrics: of("metrics"),
    objectives: of("objectives"),
    transforms: of("transforms"),
    parameterizations: of("parameterizations"),
    colourMaps: of("colourMaps"),
    ops: of("ops").map(({ id }) => id),
  } as unknown as Plugin;
  if (isObject(exported)) loaded.set(exported, plugin);
  return plugin;
}
