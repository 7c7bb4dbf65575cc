/** From an image of 0..1 to what a network takes. */
import * as tf from "../deps/tfjs.ts";
import { constant } from "../engine/constant.ts";
import { normalize, type Preprocess } from "../image/preprocess.ts";

/** What {@link toInput} does to images, `[…, colours]` → `[…, channels]`: a product and a sum. */
export interface Colours {
  /** 3, or 1 of a network that sees brightness alone. */
  readonly count: number;
  /** `[count, channels]` */
  readonly matrix: Float32Array;
  /** `[channels]` */
  readonly offset: Float32Array;
}

/** What a preprocessing does to colours, found by showing it black and each of them alone. */
export function coloursOf(spec: Preprocess): Colours {
  const input = (...pixel: number[]) =>
    normalize({ width: 1, height: 1, data: Uint8ClampedArray.from(pixel) }, spec);
  const offset = input(0, 0, 0), white = [255, 255, 255];
  const pure = spec.channelOrder === "gray"
    ? [white]
    : white.map((level, i) => [0, 0, 0].with(i, level));
  return {
    count: pure.length,
    matrix: Float32Array.from(
      pure.flatMap((pixel) => [...input(...pixel)].map((n, i) => n - offset[i])),
    ),
    offset,
  };
}

/** Images `[batch, height, width, colours]`, 0..1, in the network's normalized space. */
export const toInput = (
  images: tf.Tensor4D,
  { count, matrix, offset }: Colours,
): tf.Tensor4D => {
  const [batch, height, width] = images.shape, channels = offset.length;
  const product = tf.matMul(
    tf.reshape(images, [-1, count]),
    constant(matrix, [count, channels]),
  );
  return tf.reshape(tf.add(product, constant(offset, [channels])), [
    batch,
    height,
    width,
    channels,
  ]);
};
