/** The contract of a metric: what it declares, what it is given, what it says of an attribution. */
import type * as tf from "../deps/tfjs.ts";
import type { z } from "../deps/zod.ts";
import type { Random } from "../core/random.ts";
import type { Values } from "../core/values.ts";
import type { Picture } from "../image/mod.ts";
import type { Model } from "./model.ts";
import type { AttributionResult, Described, InnerRequest, Progress, Target } from "./technique.ts";

/** What a metric is given. Tensors it makes and leaves are freed when it ends. */
export interface MetricContext<Options> {
  /** The network whose answer was explained. */
  readonly model: Model;
  /** Validated, defaults filled in. */
  readonly options: Options;
  /** What was explained: in the network's normalized space, and as a picture. */
  readonly image: {
    /** `[1, height, width, channels]` in the network's normalized space; belongs to the run. */
    readonly input: tf.Tensor4D;
    /** The same, as a picture. */
    readonly picture: Picture;
  };
  /** What was explained of it. */
  readonly target: Target;
  /** Raw and signed: `[height, width, channels]`, or `[height, width]` at a layer's own size. */
  readonly attribution: Values;
  /** `[height, width]` of the input, 0..1. */
  readonly map: Values;
  /** Seeded by the request. */
  readonly random: Random;
  /** Pass it on to every pass. */
  readonly signal?: AbortSignal;
  /** Explains again as the run did, another input perhaps: for what asks how steady a technique is. */
  again(request?: Pick<InnerRequest, "input" | "random">): Promise<AttributionResult>;
}

/** What a metric says. */
export interface Judgement {
  /** How good, or how large, by what the metric measures. */
  readonly value: number;
  /** What the value sums up, in order, where there is such a thing. */
  readonly curve?: readonly number[];
  /** What the user should know about it, in sentences. */
  readonly notes?: readonly string[];
}

/** Judges attributions. Its `summary` says what it measures, its `caution` when it misleads. */
// deno-lint-ignore no-explicit-any -- of some metric, nothing is known of its options
export interface Metric<Options = any, Given = Partial<Options>> extends Described<Options, Given> {
  /** Which values speak for an attribution. */
  readonly better: "higher" | "lower" | "neither";
  /** Judges; yields after each step how far it has come. */
  judge(context: MetricContext<Options>): AsyncGenerator<Progress, Judgement>;
}

/**
 * Checks a metric's types where it is written; returns it as it is.
 *
 * @example
 * ```ts
 * const peak = defineMetric({
 *   id: "peak",
 *   better: "neither",
 *   // …
 * });
 * ```
 */
export function defineMetric<Schema extends z.ZodObject>(
  metric: Omit<Metric<z.output<Schema>>, "options"> & { readonly options: Schema },
): Metric<z.output<Schema>, z.input<Schema>> {
  return metric as unknown as Metric<z.output<Schema>, z.input<Schema>>;
}
