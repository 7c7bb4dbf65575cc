/** What a plugin is: parts for registries, made for a version of the contract. */
import type { ColourMap } from "../../image/colour_maps.ts";
import type { Op } from "../../engine/ops/op.ts";
import type { Metric } from "../metric.ts";
import type { ModelAdapter } from "../model.ts";
import type { ObjectiveMaker } from "../objective.ts";
import type { Parameterization } from "../parameterization.ts";
import type { Transform } from "../transform.ts";
import type { Technique } from "../technique.ts";

/** The version of what plugins are given and must give; it grows where an older plugin would break. */
export const CONTRACT = 1;

/** What a plugin adds, each to its registry. */
export interface PluginParts {
  /** Each a command, and a choice in forms. */
  readonly techniques?: readonly Technique[];
  /** Families of networks, or file formats. */
  readonly models?: readonly ModelAdapter[];
  /** What judges attributions. */
  readonly metrics?: readonly Metric[];
  /** What images are optimized for, by names that expressions use. */
  readonly objectives?: readonly ObjectiveMaker[];
  /** What is done to an image before the network sees it. */
  readonly transforms?: readonly Transform[];
  /** By which numbers an image is optimized. */
  readonly parameterizations?: readonly Parameterization[];
  /** Ops by the name that graphs call them. */
  readonly ops?: Readonly<Record<string, Op>>;
  /** Ways from numbers to colours. */
  readonly colourMaps?: readonly ColourMap[];
}

/** What a plugin's module exports by default. */
export interface PluginDefinition extends PluginParts {
  /** The version of the contract that it is made for. */
  readonly contract: number;
}

/**
 * Makes a plugin of its parts, for the version of the contract that this kit has.
 *
 * @example
 * ```ts
 * const mine = defineTechnique({
 *   id: "mine",
 *   // …
 * });
 * export default definePlugin({ techniques: [mine] });
 * ```
 */
export const definePlugin = (parts: PluginParts): PluginDefinition => ({
  contract: CONTRACT,
  ...parts,
});
