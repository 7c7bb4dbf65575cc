import type { AttributionTechnique } from "../run/technique.ts";
import type { AblationCamOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { values } from "../core/values.ts";
import { resume } from "../engine/resume.ts";
import { batches, batchSize } from "../run/batches.ts";
import { byTrial, cam, trialOptions } from "./_cam.ts";

/** The activation once for each of the channels, with that channel set to zero. */
function ablated(activation: tf.Tensor4D, channels: readonly number[]): tf.Tensor {
  const count = activation.shape[3];
  const off = tf.oneHot(tf.tensor1d([...channels], "int32"), count);
  return tf.mul(activation, tf.reshape(tf.sub(1, off), [channels.length, 1, 1, count]));
}

/**
 * Ablation-CAM: each channel weighs as much as the share of the score that is lost without it. The
 * attribution is the map at the layer's size, `[h, w]`, at least 0. A channel is taken away by
 * setting it to zero, as in the paper. Deviation from the paper, which divides by the score itself:
 * by its size, so that of a negative score too a channel that raises it counts for the class; a score
 * of zero divides nothing.
 */
export const ablationCam: AttributionTechnique<AblationCamOptions> = cam({
  id: "ablation-cam",
  title: "Ablation-CAM",
  summary: "The region that speaks for the class, by switching off each of a layer's channels",
  caution:
    "As coarse as the layer. Channels that stand in for each other each seem to matter little.",
  paper: {
    citation: "Desai, Ramaswamy 2020, Ablation-CAM",
    url: "https://doi.org/10.1109/WACV45572.2020.9093360",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), wₖ = (S_c − S_c without Aₖ) / |S_c|",
  },
  options: trialOptions,
  maps: byTrial(async function* ({ model, image, target, signal }, layer, activation, channels) {
    const [, height, width] = image.input.shape, weights: number[] = [], found: number[] = [];
    const size = Math.abs(target.logit) || 1;
    const rest = await resume(model.network, layer.name, image.input, signal);
    for (const [from, to] of batches(channels.length, batchSize(model, height, width))) {
      const variants = tf.tidy(() => ablated(activation, channels.slice(from, to)));
      const logits = await rest.run(variants, signal);
      const scores = target.scores(values(await logits.data() as Float32Array, logits.shape));
      tf.dispose([variants, logits]);
      for (const score of scores) weights.push((target.logit - score) / size);
      found.push(...scores);
      yield to;
    }
    rest.dispose();
    return { weights, scores: found };
  }),
});
