/** The contract of a transformation: what is done to an image before the network sees it. */
import type * as tf from "../deps/tfjs.ts";
import type { z } from "../deps/zod.ts";
import { Registry } from "../core/registry.ts";
import type { Random } from "../core/random.ts";
import type { Described } from "./technique.ts";

/**
 * A random change of an image that what it shows should survive. It is made of ops of TensorFlow.js
 * that have a gradient, or of `tf.customGrad`.
 */
// deno-lint-ignore no-explicit-any -- of some transformation, nothing is known of its options
export interface Transform<Options = any, Given = Partial<Options>>
  extends Pick<Described<Options, Given>, "summary" | "options"> {
  /** Letters, digits and `_`: what lists of transformations call it. */
  readonly id: string;
  /**
   * Applies it.
   *
   * @param image `[batch, height, width, channels]`, 0..1; another size may come out.
   * @param random What is random in it is drawn from here, once for all of the batch.
   */
  apply(image: tf.Tensor4D, options: Options, random: Random): tf.Tensor4D;
}

/**
 * Checks a transformation's types where it is written; returns it as it is.
 *
 * @example
 * ```ts
 * const dim = defineTransform({
 *   id: "dim",
 *   summary: "Darker, by up to a half",
 *   options: z.object({}),
 *   apply: (image, _, random) => tf.mul(image, random.uniform(0.5, 1)),
 * });
 * ```
 */
export function defineTransform<Schema extends z.ZodObject>(
  transform:
    & Omit<Transform<z.output<Schema>>, "options">
    & { readonly options: Schema },
): Transform<
  z.output<Schema>,
  z.input<Schema>
> {
  return transform as unknown as Transform<z.output<Schema>, z.input<Schema>>;
}

/** Every transformation there is, by its name; `visualize/transforms/mod.ts` fills it. */
export const transforms: Registry<Transform> = new Registry<Transform>("transformation");
