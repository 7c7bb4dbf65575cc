/** The contract of a parameterization: by which numbers an image is optimized. */
import type * as tf from "../deps/tfjs.ts";
import type { z } from "../deps/zod.ts";
import { Registry } from "../core/registry.ts";
import type { Random } from "../core/random.ts";
import type { Described } from "./technique.ts";

/** Which images a parameterization makes. */
export interface ImageShape {
  /** How many at once. */
  readonly batch: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** 3 of colours, 1 of brightness. */
  readonly channels: number;
}

/** Images as a function of numbers. */
export interface Parameterized {
  /** The numbers to start from; they belong to the caller. */
  readonly parameters: tf.Tensor[];
  /**
   * The images `[batch, height, width, channels]`, 0..1, red before green before blue. It is
   * differentiated: it is made of ops of TensorFlow.js that have a gradient, or of `tf.customGrad`.
   */
  image(parameters: readonly tf.Tensor[]): tf.Tensor4D;
}

/** A way to write images as numbers. */
// deno-lint-ignore no-explicit-any -- of some parameterization, nothing is known of its options
export interface Parameterization<Options = any, Given = Partial<Options>>
  extends Pick<Described<Options, Given>, "id" | "title" | "summary" | "options"> {
  /** Where it comes from; absent for what needs no paper. */
  readonly paper?: Described<Options, Given>["paper"];
  /** Starts it, from noise that `random` gives. */
  start(shape: ImageShape, options: Options, random: Random): Parameterized;
}

/**
 * Checks a parameterization's types where it is written; returns it as it is.
 *
 * @example
 * ```ts
 * const stripes = defineParameterization({
 *   id: "stripes",
 *   title: "Stripes",
 *   // …
 * });
 * ```
 */
export function defineParameterization<Schema extends z.ZodObject>(
  parameterization:
    & Omit<Parameterization<z.output<Schema>>, "options">
    & { readonly options: Schema },
): Parameterization<z.output<Schema>, z.input<Schema>> {
  return parameterization as unknown as Parameterization<z.output<Schema>, z.input<Schema>>;
}

/** Every parameterization there is, by id; `visualize/parameterizations/mod.ts` fills it. */
export const parameterizations: Registry<Parameterization> = new Registry<Parameterization>(
  "parameterization",
);
