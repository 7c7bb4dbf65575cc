import * as tf from "../deps/tfjs.ts";
import { read } from "../engine/read.ts";
import { upsample } from "../image/upsample.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { oneLayer, oneLayerOptions } from "./_one_layer.ts";
import type { GradientTimesActivationOptions } from "./options.ts";
import { signedResult } from "./_shown.ts";

/**
 * Gradient times activation of a layer, place by place, summed over its channels or of one `channel`:
 * what Captum calls LayerGradientXActivation. The attribution is signed, `[h, w]` at the layer's size.
 * Before the ReLU and at one layer, HiResCAM is the same map of all channels. Of the layer `input` it
 * is the picture times its gradient.
 */
export const gradientTimesActivation: AttributionTechnique<GradientTimesActivationOptions> =
  defineTechnique({
    id: "gradient-times-activation",
    title: "Gradient times activation",
    kind: "attribution",
    summary:
      "What each place of a layer, or of one of its channels, adds to the class's score, for " +
      "and against",
    caution:
      "Each place is weighed by the gradient where it is, so what saturates gets nothing, and " +
      "far from the end of the network the map is as noisy as the gradients. It is as coarse as the " +
      "layer.",
    paper: {
      citation: "Shrikumar, Greenside, Shcherbina, Kundaje 2016, Not Just a Black Box",
      url: "https://arxiv.org/abs/1605.01713",
      equation: "R = Σₖ ∂S_c/∂Aₖ ⊙ Aₖ",
    },
    options: oneLayerOptions,
    async *run({ model, image: { input }, options, target, signal }) {
      const { name } = oneLayer(model, options, input), { channel } = options;
      const { taps, gradients } = await model.network.gradient(input, target.objective, {
        also: [name],
        to: [name],
        signal,
      });
      const sum = tf.tidy(() => {
        const product = tf.mul(taps[name], gradients[name]);
        return channel === undefined
          ? tf.sum(product, -1)
          : tf.squeeze(tf.slice(product, [0, 0, 0, channel], [-1, -1, -1, 1]), [3]);
      });
      const attribution = await read(sum);
      yield { step: 1, of: 1 };
      const [, height, width] = input.shape;
      return {
        ...signedResult(upsample(attribution, height, width), options, {
          figures: { layer: name, ...(channel === undefined ? {} : { channel }) },
        }),
        attribution,
      };
    },
  });
