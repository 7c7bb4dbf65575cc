import { z } from "../deps/zod.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { upsample } from "../image/upsample.ts";
import { rangeOf, signedMap, unsignedMap } from "../run/maps.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { oneLayer, oneLayerOptions } from "./_one_layer.ts";
import type { ActivationOptions } from "./options.ts";

/** One number of a place's channels. */
const SHOW = {
  mean: (channels: Float32Array) => channels.reduce((sum, v) => sum + v, 0) / channels.length,
  strongest: (channels: Float32Array) =>
    channels.reduce((most, v) => Math.abs(v) > Math.abs(most) ? v : most, 0),
};

/** Of each channel, its mean over the places. */
function channelMeans(activation: Values): Float64Array {
  const [height, width, channels] = activation.shape, means = new Float64Array(channels);
  activation.forEach((v, i) => means[i % channels] += v / (height * width));
  return means;
}

/** How many channels are zero everywhere. */
function silent(activation: Values): number {
  const channels = activation.shape[2], heard = new Set<number>();
  activation.forEach((v, i) => v !== 0 && heard.add(i % channels));
  return channels - heard.size;
}

/**
 * A layer's activation as it is, whatever the class: the mean of its channels, at each place the
 * strongest, or one `channel`. The attribution is that, `[h, w]` at the layer's size. Where it has
 * negative values, the colours diverge from zero.
 */
export const activation: AttributionTechnique<ActivationOptions> = defineTechnique({
  id: "activation",
  title: "Activation",
  kind: "attribution",
  summary: "Where a layer, or one of its channels, is active, whatever the class",
  caution:
    "It explains no class: every class gets the same map, and that a channel is active does " +
    "not mean that it matters to the score.",
  paper: {
    citation:
      "Yosinski, Clune, Nguyen, Fuchs, Lipson 2015, Understanding Neural Networks Through " +
      "Deep Visualization",
    url: "https://arxiv.org/abs/1506.06579",
    equation:
      "M = 1/K · Σₖ Aₖ; strongest: Aₖ of the largest |Aₖ| of each place; of one channel: Aₖ",
  },
  options: oneLayerOptions.extend({
    show: z.enum(["mean", "strongest"]).default("mean").describe(
      "What is shown of several channels: their mean, or at each place the one of the largest " +
        "magnitude",
    ),
  }),
  async *run({ model, image: { input }, options, signal }) {
    const { name } = oneLayer(model, options, input), { channel, show, clip, overlay } = options;
    const pass = await model.network.forward(input, { taps: [name], signal });
    const whole = await read(pass.value(name)), [height, width, channels] = whole.shape;
    pass.dispose();
    yield { step: 1, of: 1 };

    const place = (at: number) => whole.subarray(at * channels, (at + 1) * channels);
    const shown = channel === undefined ? SHOW[show] : (all: Float32Array) => all[channel];
    const attribution = values(
      Float32Array.from({ length: height * width }, (_, at) => shown(place(at))),
      [height, width],
    );
    const large = upsample(attribution, input.shape[1], input.shape[2]);
    const signed = rangeOf(attribution)[0] < 0, means = channelMeans(whole);
    return {
      attribution,
      ...(signed ? signedMap(large, clip) : unsignedMap(large, clip)),
      colors: signed ? "diverging" : "perceptual",
      overlay,
      figures: {
        layer: name,
        ...(channel === undefined
          ? { strongestChannel: means.indexOf(Math.max(...means)), silentChannels: silent(whole) }
          : { channel }),
      },
    };
  },
});
