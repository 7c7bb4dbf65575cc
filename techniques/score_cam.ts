import type { AttributionTechnique } from "../run/technique.ts";
import type { ScoreCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { softmax } from "../core/softmax.ts";
import { scoreBatches } from "../run/batches.ts";
import { byTrial, cam, trialOptions } from "./_cam.ts";

const EPSILON = 1e-8;

/** The channels upsampled to the picture and scaled to 0..1, one a picture: `[n, H, W, 1]`. */
function masks(channels: tf.Tensor4D, height: number, width: number): tf.Tensor {
  const one = tf.transpose(channels, [3, 1, 2, 0]) as tf.Tensor4D;
  const large = tf.image.resizeBilinear(one, [height, width], false, true);
  const low = tf.min(large, [1, 2], true), high = tf.max(large, [1, 2], true);
  return tf.div(tf.sub(large, low), tf.add(tf.sub(high, low), EPSILON));
}

/**
 * Score-CAM: each channel weighs as much as the class's logit when only its part of the picture is
 * shown. The attribution is the map at the layer's size, `[h, w]`, at least 0. The picture is
 * multiplied in the network's normalized space; the baseline's score, alike for all channels, drops
 * out of the softmax.
 */
export const scoreCam: AttributionTechnique<ScoreCamOptions> = cam({
  id: "score-cam",
  title: "Score-CAM",
  summary:
    "The region that speaks for the class, by showing the network each channel's part of the picture",
  caution:
    "As coarse as the layer. The softmax lets the few best channels decide, and each channel " +
    "takes a forward pass.",
  paper: {
    citation: "Wang et al. 2020, Score-CAM",
    url: "https://arxiv.org/abs/1910.01279",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), w = softmaxₖ S_c(x ⊙ scaled(upsampled Aₖ))",
  },
  options: trialOptions,
  maps: byTrial(async function* ({ model, image, target, signal }, _layer, activation, channels) {
    const [, height, width] = image.input.shape, scores: number[] = [];
    const variants = (from: number, to: number) => {
      const some = tf.gather(activation, tf.tensor1d(channels.slice(from, to), "int32"), 3);
      return tf.mul(image.input, masks(some, height, width)) as tf.Tensor4D;
    };
    const size = [height, width] as const;
    for await (const batch of scoreBatches(model, size, channels.length, variants, signal)) {
      scores.push(...target.scores(batch.logits));
      yield batch.to;
    }
    return { weights: softmax(scores), scores };
  }),
});
