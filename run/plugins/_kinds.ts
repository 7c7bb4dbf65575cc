/** The kinds of things that a plugin adds: where they go, what they must have, who answers for them. */
import type { Registry } from "../../core/registry.ts";
import { type ColourMap, colourMaps } from "../../image/colour_maps.ts";
import { addOp, opNames } from "../../engine/ops/mod.ts";
import type { Op } from "../../engine/ops/op.ts";
import { metrics } from "../metrics.ts";
import { models } from "../models.ts";
import { objectives } from "../objective.ts";
import { parameterizations } from "../parameterization.ts";
import { techniques } from "../techniques.ts";
import { transforms } from "../transform.ts";
import {
  guardAdapter,
  guardColourMap,
  guardMetric,
  guardObjective,
  guardOp,
  guardParameterization,
  guardTechnique,
  guardTransform,
} from "./_guard.ts";
import {
  adapterFaults,
  colourMapFaults,
  metricFaults,
  objectiveFaults,
  opFaults,
  parameterizationFaults,
  techniqueFaults,
  transformFaults,
} from "./_rules.ts";
import type { PluginParts } from "./define.ts";
import type { Origin } from "./origin.ts";

/** One kind, of things with an id. */
export interface Kind<Thing extends { readonly id: string }> {
  /** In messages. */
  readonly noun: string;
  /** What is wrong with one, each fault naming its field. */
  faults(thing: unknown): string[];
  has(id: string): boolean;
  add(thing: Thing): void;
  /** The same, whose faults are told as the plugin's. */
  guard(thing: Thing, origin: Origin): Thing;
}

/** The kind whose things a registry keeps. */
const kept = <Thing extends { readonly id: string }>(
  registry: Registry<Thing>,
  kind: Omit<Kind<Thing>, "has" | "add">,
): Kind<Thing> => ({
  ...kind,
  has: (id) => registry.has(id),
  add: (thing) => void registry.add(thing),
});

/** An op with its name. */
export type NamedOp = Op & { readonly id: string };

/** Each kind by the name that a plugin lists its things under: a new registry is one more line. */
// deno-lint-ignore no-explicit-any -- each is of its own things
export const KINDS: Readonly<Record<keyof PluginParts, Kind<any>>> = {
  ops: {
    noun: "op",
    faults: opFaults,
    has: (name) => opNames().includes(name),
    add: (entry: NamedOp) => addOp(entry.id, entry),
    guard: guardOp,
  },
  colourMaps: kept<ColourMap>(colourMaps, {
    noun: "colour map",
    faults: colourMapFaults,
    guard: guardColourMap,
  }),
  techniques: kept(techniques, {
    noun: "technique",
    faults: techniqueFaults,
    guard: guardTechnique,
  }),
  models: kept(models, { noun: "model adapter", faults: adapterFaults, guard: guardAdapter }),
  objectives: kept(objectives, {
    noun: "objective",
    faults: objectiveFaults,
    guard: guardObjective,
  }),
  transforms: kept(transforms, {
    noun: "transformation",
    faults: transformFaults,
    guard: guardTransform,
  }),
  parameterizations: kept(parameterizations, {
    noun: "parameterization",
    faults: parameterizationFaults,
    guard: guardParameterization,
  }),
  metrics: kept(metrics, { noun: "metric", faults: metricFaults, guard: guardMetric }),
};
