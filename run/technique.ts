/** The contract of a technique: what it declares, what it is given, what it gives back. */
import type * as tf from "../deps/tfjs.ts";
import type { z } from "../deps/zod.ts";
import type { Objective } from "../engine/objectives.ts";
import type { Rules } from "../engine/rules.ts";
import type { Model } from "./model.ts";
import type { Picture } from "../image/mod.ts";
import type { Colors, Scale } from "../image/render.ts";
import type { Random } from "../core/random.ts";
import type { Values } from "../core/values.ts";

/** Where a technique comes from. */
export interface Paper {
  /** Authors and year, title. */
  readonly citation: string;
  /** Where it can be read. */
  readonly url: string;
  /** The formula that is computed, in plain text. */
  readonly equation: string;
}

/** How far a run has come; yielded after each step. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Steps there are. */
  readonly of: number;
  /** What an optimization lowers, before this step's update. */
  readonly loss?: number;
  /** An intermediate picture, kept with the run. */
  readonly frame?: Picture;
  /** The picture as it is now, for one who watches; works until the next step is asked for. */
  preview?(): Promise<Picture>;
}

/** A class with what the network says of it. */
export interface Prediction {
  /** Number of the class. */
  readonly index: number;
  /** Its name. */
  readonly label: string;
  /** The score that is explained; of a network that ends in probabilities, the probability. */
  readonly logit: number;
  /** 0..1, by what the model's outputs are; absent where scores have none. */
  readonly probability?: number;
}

/**
 * What is explained, with what the network says of it: a class (its `index`), or classes weighed
 * against each other (`index` is the first one's). Every score of it is a weighted sum of outputs.
 */
export interface Target extends Prediction {
  /** That sum over a batch, so that every picture's gradient is its own. */
  readonly objective: Objective;
  /** The outputs' weights in it, `[1, …]` as the outputs are shaped; makes a tensor. */
  weights(outputs: tf.Tensor): tf.Tensor;
  /** The score of each picture of a batch, from its outputs `[batch, …]`. */
  scores(outputs: Values): Float64Array;
  /** Likewise the probability, 0..1 for a class; undefined where scores have none. */
  probabilities(outputs: Values): Float64Array | undefined;
}

/**
 * A schema of options: what comes out of it, defaults filled in, and what may be given to it. Both are
 * types alone.
 */
// deno-lint-ignore no-explicit-any -- where nothing is known of them
export type OptionsSchema<Options = any, Given = any> = z.ZodObject & {
  readonly _zod: { readonly output: Options; readonly input: Given };
};

/** What a technique of either kind says of itself. */
export interface Described<Options, Given> {
  /** Kebab case; the command's name. */
  readonly id: string;
  /** Its name, for people. */
  readonly title: string;
  /** A shorter one, where there is little room and the whole is long: `LRP`. */
  readonly short?: string;
  /** One line: what the picture shows. */
  readonly summary: string;
  /** When not to trust it, in a sentence or two. */
  readonly caution: string;
  /** Where it comes from. */
  readonly paper: Paper;
  /**
   * Every option with default, range and `.describe()`d meaning: flags, forms, documentation and
   * messages all come from here.
   */
  readonly options: OptionsSchema<Options, Given>;
}

/** What techniques of both kinds are given. */
export interface TechniqueContext<Options> {
  /** The network to ask. */
  readonly model: Model;
  /** Validated, defaults filled in. */
  readonly options: Options;
  /** Seeded by the run. */
  readonly random: Random;
  /** Pass it on to every pass. */
  readonly signal?: AbortSignal;
}

/** What an attribution is given. Tensors it makes and leaves are freed when it ends. */
export interface AttributionContext<Options> extends TechniqueContext<Options> {
  /** What is explained. */
  readonly image: {
    /** `[1, height, width, channels]` in the network's normalized space; belongs to the run. */
    readonly input: tf.Tensor4D;
    /** The same, as a picture. */
    readonly picture: Picture;
  };
  /** What to explain: what was asked for, or else the predicted class. */
  readonly target: Target;
  /**
   * Runs another attribution within this one, on the same model and target; what it leaves behind is
   * freed when it ends.
   *
   * @param technique Id, or a technique that need not be registered.
   * @throws UserError for an unknown id, a visualization or a wrong option.
   */
  attribute(
    technique: string | Technique,
    request?: InnerRequest,
  ): Promise<AttributionResult>;
}

/** What an attribution may change for another one that it runs. */
export interface InnerRequest {
  /** Default: the technique's defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** `[1, height, width, channels]` in the network's normalized space. Default: the same image. */
  readonly input?: tf.Tensor4D;
  /** Default: the same stream. */
  readonly random?: Random;
}

/** What an attribution gives back. */
export interface AttributionResult {
  /** Raw and signed: `[height, width, channels]`, or `[height, width]` at a layer's own size. */
  readonly attribution: Values;
  /** `[height, width]` of the input, 0..1; where `colors` is a diverging colour map, 0.5 is zero. */
  readonly map: Values;
  /** The colour map that the map is painted with. */
  readonly colors: Colors;
  /** Raw values where the map is 0 and 1; absent where it has none, and no colour bar is drawn. */
  readonly scale?: Scale;
  /** Share of the map in the overlay, 0..1; the rest is the picture. */
  readonly overlay: number;
  /** What the user should know about this result, in sentences. */
  readonly diagnosis?: readonly string[];
  /** Further figures for the manifest. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** What is done with a gradient at the image. */
export interface GradientMethod {
  /** How it goes back, when it is asked for, as plugins add ops; default: plainly. */
  readonly rules?: () => Rules;
  /** Whether it is multiplied by the image. */
  readonly timesInput?: boolean;
}

/** A gradient at the image that is an attribution. */
export interface ImageGradient extends GradientMethod {
  /** The colour map that it is painted with. */
  readonly colors: Colors;
}

/**
 * Which part of a picture made the network say what it says. `Options` are what `run` is given, `Given`
 * what callers may give.
 */
// deno-lint-ignore no-explicit-any -- of some technique, nothing is known of its options
export interface AttributionTechnique<Options = any, Given = Partial<Options>>
  extends Described<Options, Given> {
  /** Tells it from a visualization. */
  readonly kind: "attribution";
  /**
   * Says that the attribution is this gradient of the target's score at the image, whatever the options:
   * who wants it of many images, as noise over a picture does, then takes it of a batch in one pass, and
   * does not call `run`. Left out of any other.
   */
  readonly gradient?: ImageGradient;
  /** Explains; yields after each step how far it has come. */
  run(context: AttributionContext<Options>): AsyncGenerator<Progress, AttributionResult>;
}

/** What a visualization is given. Tensors it makes and leaves are freed when it ends. */
export interface VisualizationContext<Options> extends TechniqueContext<Options> {
  /** The user's picture as it was loaded. */
  readonly picture?: Picture;
}

/** What a visualization gives back. */
export interface VisualizationResult {
  /** `[height, width, channels]` in the network's normalized space. */
  readonly image: Values;
  /** The same as a picture. */
  readonly final: Picture;
  /** One for each step, measured before its update. */
  readonly losses: readonly number[];
  /** What the network saw at the start, where that was a picture. */
  readonly start?: Picture;
  /** Objectives, transformations, … that took part: the command names the plugins that they come from. */
  readonly uses?: readonly object[];
  /** What the user should know about this result, in sentences. */
  readonly diagnosis?: readonly string[];
  /** Further figures for the manifest. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** Whether a visualization starts from the user's picture. */
export type PictureUse = "required" | "optional" | "none";

/** What a network, or a part of it, looks for; likewise. */
export interface VisualizationTechnique<
  // deno-lint-ignore no-explicit-any -- of some technique, nothing is known of its options
  Options = any,
  Given = Partial<Options>,
  Use extends PictureUse = PictureUse,
> extends Described<Options, Given> {
  /** Tells it from an attribution. */
  readonly kind: "visualization";
  /** Whether it starts from the user's picture. */
  readonly picture: Use;
  /** Makes the picture; yields after each step how far it has come. */
  run(context: VisualizationContext<Options>): AsyncGenerator<Progress, VisualizationResult>;
}

/** A technique of either kind; `kind` tells which. */
export type Technique = AttributionTechnique | VisualizationTechnique;

/**
 * Checks a technique's types where it is written; returns it as it is.
 *
 * @example
 * ```ts
 * export default defineTechnique({
 *   id: "input-x-gradient",
 *   kind: "attribution",
 *   options: attributionOptions,
 *   // …
 * });
 * ```
 */
export function defineTechnique<Schema extends z.ZodObject>(
  technique:
    & Omit<AttributionTechnique<z.output<Schema>>, "options">
    & { readonly options: Schema },
): AttributionTechnique<z.output<Schema>, z.input<Schema>>;
/** Likewise, of a visualization. */
export function defineTechnique<Schema extends z.ZodObject, const Use extends PictureUse>(
  technique:
    & Omit<VisualizationTechnique<z.output<Schema>, unknown, Use>, "options">
    & { readonly options: Schema },
): VisualizationTechnique<z.output<Schema>, z.input<Schema>, Use>;
export function defineTechnique(technique: unknown): unknown {
  return technique;
}
