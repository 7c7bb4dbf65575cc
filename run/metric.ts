/** The contract of a metric: what it declares, what it is given, what it says of an attribution. */
import type * as tf from "../deps/tfjs.ts";
import type { z } from "../deps/zod.ts";
import type { Random } from "../core/random.ts";
import type { Values } from "../core/values.ts";
import type { Picture } from "../image/mod.ts";
import type { Model } from "./model.ts";
import type { RunTarget } from "./run.ts";
import type { AttributionResult, Described, InnerRequest, Progress, Target } from "./technique.ts";

/** What {@link MetricContext.again} may change of the run. */
export interface AgainRequest extends Pick<InnerRequest, "input" | "random"> {
  /** Another network with the same outputs. Default: the run's. */
  readonly model?: Model;
  /** Number of another class to explain. Default: what the run explained. */
  readonly class?: number;
}

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
  readonly target: Target & Pick<RunTarget, "plain">;
  /** Raw and signed: `[height, width, channels]`, or `[height, width]` at a layer's own size. */
  readonly attribution: Values;
  /** `[height, width]` of the input, 0..1, as it is painted: what was clipped is 0 or 1. */
  readonly map: Values;
  /**
   * `[height, width]` of the input: how much each pixel matters, unclipped. Where the attribution is
   * `signed`, its channels' sum, above zero for what speaks for the target; otherwise 0..1.
   */
  readonly importance: Values;
  /** Whether the attribution tells what speaks against the target. */
  readonly signed: boolean;
  /**
   * `[height, width]` of the input: 1 where the thing is, 0 around it. There for metrics that need
   * `"mask"`, and only for them.
   */
  readonly mask?: Values;
  /** Seeded by the request. */
  readonly random: Random;
  /** Pass it on to every pass. */
  readonly signal?: AbortSignal;
  /**
   * Explains again as the run did, another input perhaps, with another network or of another class:
   * for what asks how steady a technique is, and what it depends on.
   */
  again(request?: AgainRequest): Promise<AttributionResult>;
}

/** What the network was shown on the way to a judgement. */
export interface JudgedStep {
  /** How it was made, in a few words: `25 % taken away`. */
  readonly caption: string;
  /** What the network saw; made when it is asked for. */
  picture(): Picture;
}

/** What lies along a curve. */
export interface CurveAxes {
  /** Where the curve's values lie, one for each, rising. */
  readonly x: readonly number[];
  /** What `x` is, and what the values are. */
  readonly titles: readonly [x: string, y: string];
}

/** What a metric says. */
export interface Judgement {
  /** How good, or how large, by what the metric measures. */
  readonly value: number;
  /** What the value sums up, in order, where there is such a thing. */
  readonly curve?: readonly number[];
  /** What a drawing of the curve needs; without it, the values lie at 0, 1, 2, …. */
  readonly axes?: CurveAxes;
  /** What the network was shown, in order, where that tells something. */
  readonly steps?: readonly JudgedStep[];
  /** What the user should know about it, in sentences. */
  readonly notes?: readonly string[];
}

/** What a metric asks of an explanation. */
export type MetricFamily =
  | "faithfulness"
  | "robustness"
  | "localization"
  | "complexity"
  | "randomization"
  | "axioms";

/** Judges attributions. Its `summary` says what it measures, its `caution` when it misleads. */
// deno-lint-ignore no-explicit-any -- of some metric, nothing is known of its options
export interface Metric<Options = any, Given = Partial<Options>> extends Described<Options, Given> {
  /**
   * What it asks: whether the network uses what the map shows (faithfulness), whether the map stays where
   * nothing happened (robustness), lies on the thing (localization), can be taken in (complexity), depends
   * on what was learnt (randomization), keeps a promise (axioms). Default: none of these.
   */
  readonly family?: MetricFamily;
  /** Which values speak for an attribution. */
  readonly better: "higher" | "lower" | "neither";
  /** Where it says yes or no, 1 or 0, by its defaults: the mean over pictures is then a share of them. */
  readonly verdict?: true;
  /** What it must be given beside the run: a mask of the thing in the picture. */
  readonly needs?: "mask";
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
