/** Class activation maps by what the network says of a picture seen through each channel. */
import * as tf from "../deps/tfjs.ts";
import { softmax } from "../core/softmax.ts";
import type { AttributionContext } from "../run/technique.ts";
import { scoreBatches } from "../run/batches.ts";
import { byTrial, type CamLayer, type MapMaker } from "./_cam.ts";

/** Keeps the masks of a constant channel finite. */
const EPSILON = 1e-8;

/** Each picture of `[n, h, w, 1]` scaled to 0..1. */
export function scaled(maps: tf.Tensor4D): tf.Tensor4D {
  const low = tf.min(maps, [1, 2], true), high = tf.max(maps, [1, 2], true);
  return tf.div(tf.sub(maps, low), tf.add(tf.sub(high, low), EPSILON));
}

/** `[n, h, w, 1]` at the picture's size, bilinearly. */
export const enlarged = (maps: tf.Tensor4D, height: number, width: number): tf.Tensor4D =>
  tf.image.resizeBilinear(maps, [height, width], false, true);

/** What a method of masks does. Both run inside a `tf.tidy`. */
export interface Masking<Options> {
  /** Channels `[n, h, w, 1]` as masks of the picture's size, `[n, height, width, 1]`. */
  masks(channels: tf.Tensor4D, height: number, width: number): tf.Tensor4D;
  /** How many pictures each channel takes. Default: one, seen through its mask. */
  samples?(options: Options): number;
  /**
   * Begins a layer; what it returns changes the masks of a batch, of which each is its channel's sample
   * of that number.
   */
  vary?(
    context: AttributionContext<Options>,
    layer: CamLayer,
  ): (masks: tf.Tensor4D, samples: readonly number[]) => tf.Tensor4D;
}

/**
 * Each channel weighs as much as the softmax, over the channels, of the class's mean score of the
 * pictures that are seen through its masks. The picture is multiplied in the network's normalized
 * space; a baseline's score, alike for all channels, would drop out of the softmax.
 */
export const byMasks = <Options extends { maxChannels?: number }>(
  { masks, samples = () => 1, vary }: Masking<Options>,
): MapMaker<Options> =>
  byTrial(async function* (context, layer, activation, channels) {
    const { model, image: { input }, target, signal } = context;
    const size = [input.shape[1], input.shape[2]] as const, count = samples(context.options);
    const change = vary?.(context, layer), sums = new Float64Array(channels.length);
    const variants = (from: number, to: number) => {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      const chosen = numbers.map((i) => channels[Math.floor(i / count)]);
      const some = tf.gather(activation, tf.tensor1d(chosen, "int32"), 3);
      const plain = masks(tf.transpose(some, [3, 1, 2, 0]), ...size);
      return tf.mul(input, change?.(plain, numbers.map((i) => i % count)) ?? plain) as tf.Tensor4D;
    };
    const all = count * channels.length;
    for await (const { from, to, logits } of scoreBatches(model, size, all, variants, signal)) {
      target.scores(logits).forEach((score, i) => sums[Math.floor((from + i) / count)] += score);
      yield to;
    }
    const scores = Array.from(sums, (sum) => sum / count);
    return { weights: softmax(scores), scores };
  }, samples);
