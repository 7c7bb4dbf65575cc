/** The contract of an objective: what an image is optimized for, by a name that expressions use. */
import type { z } from "../deps/zod.ts";
import type { Objective } from "../engine/objectives.ts";
import { Registry } from "../core/registry.ts";
import type { Model } from "./model.ts";
import type { Described } from "./technique.ts";

/** What an objective is made for. */
export interface ObjectiveContext {
  /** The network that will be asked. */
  readonly model: Model;
}

/** An objective by name: `channel`, in `channel(layer3.1, 12)`. */
// deno-lint-ignore no-explicit-any -- of some objective, nothing is known of its options
export interface ObjectiveMaker<Options = any, Given = Partial<Options>>
  extends Pick<Described<Options, Given>, "summary" | "options"> {
  /** Letters, digits and `_`: what expressions call it. */
  readonly id: string;
  /** Where it comes from; absent for what needs no paper. */
  readonly paper?: Described<Options, Given>["paper"];
  /**
   * Makes it of its options, which an expression gives in the schema's order or by name. A field of the
   * role `objective` holds another one.
   */
  make(options: Options, context: ObjectiveContext): Objective;
}

/**
 * Checks an objective's types where it is written; returns it as it is.
 *
 * @example
 * ```ts
 * const brightest = defineObjective({
 *   id: "brightest",
 *   summary: "Largest activation of a layer",
 *   options: z.object({ layer: z.string().describe("Layer") }),
 *   make: ({ layer }) => ({ layers: [layer], value: (read) => tf.max(read(layer)) }),
 * });
 * ```
 */
export function defineObjective<Schema extends z.ZodObject>(
  objective: Omit<ObjectiveMaker<z.output<Schema>>, "options"> & { readonly options: Schema },
): ObjectiveMaker<z.output<Schema>, z.input<Schema>> {
  return objective as unknown as ObjectiveMaker<z.output<Schema>, z.input<Schema>>;
}

/** Every objective there is, by its name; `visualize/objectives/mod.ts` fills it, plugins add to it. */
export const objectives: Registry<ObjectiveMaker> = new Registry<ObjectiveMaker>("objective");
