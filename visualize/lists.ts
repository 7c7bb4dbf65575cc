/** Transformations and parameterizations as text: `pad(12), jitter(8), scale(0.9, 1.1)`, `fourier(1.5)`. */
import type * as tf from "../deps/tfjs.ts";
import type { Random } from "../core/random.ts";
import {
  type ImageShape,
  type Parameterization,
  parameterizations,
  type Parameterized,
} from "../run/parameterization.ts";
import { type Transform, transforms } from "../run/transform.ts";
import { CallReader } from "../run/call_reader.ts";

/** What is done to an image before the network sees it, drawn anew from each stream. */
export interface Change {
  (image: tf.Tensor4D, random: Random): tf.Tensor4D;
  /** The transformations that it is made of. */
  readonly uses: readonly Transform[];
}

/** What starts a parameterization from noise. */
export interface Start {
  (shape: ImageShape, random: Random): Parameterized;
  /** The parameterization. */
  readonly uses: readonly Parameterization[];
}

/** What Lucid does: a border, then moved, scaled, turned and moved again. */
export const DEFAULT_TRANSFORMS =
  "pad(12), jitter(8), scale(0.9, 1.1), rotate(10, still=5), jitter(4)";

class ListReader extends CallReader {
  constructor(text: string) {
    super(text, { noun: "list of transformations", option: "transforms" });
  }

  all(): Change {
    const calls: { thing: Transform; options: unknown }[] = [];
    do {
      this.skip();
      calls.push(this.call(transforms));
    } while (this.take(","));
    this.end();
    const change = (image: tf.Tensor4D, random: Random) =>
      calls.reduce((now, { thing, options }) => thing.apply(now, options, random), image);
    return Object.assign(change, { uses: calls.map(({ thing }) => thing) });
  }
}

/**
 * Reads a list of transformations, one after the other; `default` is {@link DEFAULT_TRANSFORMS}, `none`
 * leaves the image as it is.
 *
 * @throws UserError that points at the place where the text is wrong.
 * @example
 * ```ts
 * const change = parseTransforms("pad(4), jitter(8), flip");
 * const image = tf.zeros([1, 32, 32, 3]) as tf.Tensor4D;
 * change(image, random(0)).shape; // [1, 32, 32, 3]
 * ```
 */
export function parseTransforms(text: string): Change {
  const whole = text.trim();
  if (whole === "none") return Object.assign((image: tf.Tensor4D) => image, { uses: [] });
  return new ListReader(whole === "default" ? DEFAULT_TRANSFORMS : text).all();
}

class OneReader extends CallReader {
  constructor(text: string) {
    super(text, { noun: "parameterization", option: "parameterization" });
  }

  one(): Start {
    this.skip();
    const { thing, options } = this.call(parameterizations);
    this.end();
    const start = (shape: ImageShape, random: Random) => thing.start(shape, options, random);
    return Object.assign(start, { uses: [thing] });
  }
}

/**
 * Reads a parameterization with its options.
 *
 * @returns What starts it from noise.
 * @throws UserError that points at the place where the text is wrong.
 * @example
 * ```ts
 * const start = parseParameterization("fourier(decay=1.5)");
 * const { parameters } = start({ batch: 1, height: 64, width: 64, channels: 3 }, random(0));
 * parameters.length; // 2
 * ```
 */
export const parseParameterization = (text: string): Start => new OneReader(text).one();
