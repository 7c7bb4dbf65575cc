/** The conformance kit: holds a plugin to what everything of the library's own is held to. */
import { nearestHint, UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import "../models/mod.ts"; // what plugins are tried with
import "../techniques/mod.ts";
import type { Model, ModelAdapter } from "../run/model.ts";
import type { Plugin } from "../run/plugins/mod.ts";
import { colourMaps } from "../image/colour_maps.ts";
import type { Technique } from "../run/technique.ts";
import { loadModel } from "../models/mod.ts";
import { type Check, type Limits, type Verdict, verdictOf } from "./check.ts";
import { branched, families, grayOne, type Small } from "./networks.ts";
import { OF_COLOUR_MAPS } from "./colour_map.ts";
import { OF_METRICS } from "./metric.ts";
import { OF_MODELS } from "./model.ts";
import { OF_OPS } from "./op.ts";
import { PROPERTIES } from "./properties.ts";
import { ON_EVERY, ON_ONE } from "./technique.ts";
import { OF_OBJECTIVES, OF_PARAMETERIZATIONS, OF_TRANSFORMS } from "./visualize.ts";

export type { Limits, Verdict } from "./check.ts";

/** The small networks that techniques are tried on: one of each structure, gray and of one output too. */
export const smallNetworks: readonly Small[] = [...families, branched, grayOne];

/** What else a check may be asked. */
export interface CheckRequest extends Limits {
  /** Properties that the author claims of the attributions: ids of {@link properties}. */
  readonly also?: readonly string[];
}

/** What may be claimed of attributions, by id, with what it promises. */
export const properties: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PROPERTIES).map(([id, { name }]) => [id, name]),
);

function claimed(
  also: readonly string[],
): Check<Parameters<typeof PROPERTIES[string]["look"]>[0]>[] {
  return also.map((id) => {
    if (Object.hasOwn(PROPERTIES, id)) return PROPERTIES[id];
    throw new UserError(
      `There is no property "${id}" to check; ${nearestHint(id, Object.keys(PROPERTIES))}.`,
      { code: "bad-option", option: "also" },
    );
  });
}

/**
 * Holds a technique to the contract: that it describes itself, is sound and repeatable on small
 * networks of every structure, hears an abort, leaves nothing on the backend, and refuses in plain
 * words what it cannot take.
 *
 * @throws UserError for a property that there is not; the signal's reason once it is aborted.
 */
export async function* checkTechnique(
  technique: Technique,
  { also = [], ...limits }: CheckRequest = {},
): AsyncGenerator<Verdict> {
  const claims = claimed(also), subject = `technique "${technique.id}"`;
  const [first] = smallNetworks;
  for (const small of smallNetworks) {
    const model = small.model(), on = small.name;
    const checks = small === first ? [...ON_EVERY, ...ON_ONE, ...claims] : ON_EVERY;
    try {
      for (const check of checks) {
        yield await verdictOf(check, { technique, small, model }, { subject, on }, limits);
      }
    } finally {
      model.network.dispose();
    }
  }
}

/** A model of an adapter; undefined where it needs weights that only a user can name. */
async function loaded(id: string): Promise<Model | undefined> {
  try {
    return await loadModel(id);
  } catch (error) {
    if (error instanceof UserError && error.option === "weights") return undefined;
    throw error;
  }
}

async function* checkAdapter(adapter: ModelAdapter, limits: Limits): AsyncGenerator<Verdict> {
  const subject = `model adapter "${adapter.id}"`;
  for (const id of adapter.models) {
    for (const check of OF_MODELS) {
      const of = { adapter, id, load: () => loaded(id) };
      yield await verdictOf(check, of, { subject, on: id }, limits);
    }
  }
}

/**
 * Holds everything that a loaded plugin adds to its contract.
 *
 * @throws UserError for a property that there is not; the signal's reason once it is aborted.
 * @example
 * ```ts
 * for await (const { subject, check, passed, found } of checkPlugin(await loadPlugin("mine.ts"))) {
 *   console.log(passed ? "ok" : "not ok", subject, check, found ?? "");
 * }
 * ```
 */
export async function* checkPlugin(
  plugin: Plugin,
  request: CheckRequest = {},
): AsyncGenerator<Verdict> {
  for await (const verdict of verdicts(plugin, request)) {
    yield verdict;
    if (verdict.endless) return;
  }
}

async function* verdicts(plugin: Plugin, request: CheckRequest): AsyncGenerator<Verdict> {
  claimed(request.also ?? []);
  if (request.also?.length && !plugin.techniques.some(({ kind }) => kind === "attribution")) {
    throw new UserError(`${option("also")} is for attributions: the plugin adds none.`, {
      code: "bad-option",
      option: "also",
    });
  }
  for (const name of plugin.ops) {
    const subject = `op "${name}"`;
    for (const check of OF_OPS) yield await verdictOf(check, name, { subject }, request);
  }
  for (const { id } of plugin.colourMaps) {
    const subject = `colour map "${id}"`, map = colourMaps.get(id);
    for (const check of OF_COLOUR_MAPS) yield await verdictOf(check, map, { subject }, request);
  }
  for (const technique of plugin.techniques) {
    const also = technique.kind === "attribution" ? request.also : [];
    yield* checkTechnique(technique, { ...request, also });
  }
  for (
    const [noun, things, checks] of [
      ["objective", plugin.objectives, OF_OBJECTIVES],
      ["transformation", plugin.transforms, OF_TRANSFORMS],
      ["parameterization", plugin.parameterizations, OF_PARAMETERIZATIONS],
    ] as const
  ) {
    for (const thing of things) {
      const subject = `${noun} "${thing.id}"`;
      for (const check of checks as readonly Check<unknown>[]) {
        yield await verdictOf(check, thing, { subject }, request);
      }
    }
  }
  for (const adapter of plugin.models) yield* checkAdapter(adapter, request);
  for (const metric of plugin.metrics) {
    const subject = `metric "${metric.id}"`;
    for (const check of OF_METRICS) yield await verdictOf(check, metric, { subject }, request);
  }
}
