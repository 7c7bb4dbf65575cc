import type { AttributionTechnique } from "../run/technique.ts";
import type { SmoothCamPlusPlusOptions } from "./options.ts";
import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import type { Values } from "../core/values.ts";
import { batches, batchSize } from "../run/batches.ts";
import { cam, camOptions, type MapMaker, weightedSum } from "./_cam.ts";

const EPSILON = 1e-8;

const options = camOptions.extend({
  samples: z.int().min(1).max(10_000).default(4).describe("Number of noisy copies of the picture"),
  noise: z.number().min(0).max(100).default(0.3)
    .describe("Standard deviation of the noise, in the network's normalized space"),
});

/** Sums over the noisy copies of a gradient's first three powers, `[1, h, w, channels]` each. */
type Powers = readonly [first: tf.Tensor, second: tf.Tensor, third: tf.Tensor];

/** With a batch's gradients, `[n, h, w, channels]`, added; frees what was there. */
function added(before: Powers | undefined, gradient: tf.Tensor): Powers {
  const after = tf.tidy(() => {
    const square = tf.square(gradient);
    return [gradient, square, tf.mul(square, gradient)].map((power, i) => {
      const sum = tf.sum(power, 0, true);
      return before ? tf.add(before[i], sum) : sum;
    });
  });
  if (before) tf.dispose([...before]);
  return after as unknown as Powers;
}

/** One weight a channel, `[1, 1, 1, channels]`, from the activation without noise. */
const weights = (activation: tf.Tensor, powers: Powers, samples: number): tf.Tensor =>
  tf.tidy(() => {
    const [first, second, third] = powers.map((power) => tf.div(power, samples));
    const total = tf.sum(tf.mul(activation, third), [1, 2], true);
    const below = tf.add(tf.add(tf.mul(second, 2), total), EPSILON);
    return tf.sum(tf.mul(tf.div(second, below), tf.relu(first)), [1, 2], true);
  });

const maps: MapMaker<z.output<typeof options>> = async function* (context, layers) {
  const { model: { network }, image: { input }, target, random, signal } = context;
  const { samples } = context.options, names = layers.map(({ name }) => name);
  const [, height, width, channels] = input.shape, stream = random.fork("noise");
  const powers = new Map<string, Powers>();
  for (
    const [from, to] of batches(
      samples,
      batchSize(context.model, height, width, { gradient: true }),
    )
  ) {
    const shape: [number, number, number, number] = [to - from, height, width, channels];
    const images = tf.tidy(() =>
      tf.add(
        input,
        tf.tensor4d(stream.normalValues(shape, 0, context.options.noise), shape),
      ) as tf.Tensor4D
    );
    const pass = await network.gradient(images, target.objective, { to: names, signal });
    for (const name of new Set(names)) {
      powers.set(name, added(powers.get(name), pass.gradients[name]));
    }
    tf.dispose([images, pass.value, pass.taps, pass.gradients]);
    yield { step: to, of: samples };
  }
  const pass = await network.forward(input, { taps: names, signal }), found: Values[] = [];
  for (const name of names) {
    const activation = pass.value(name);
    const sum = weights(activation, powers.get(name)!, samples);
    found.push(await weightedSum(activation, sum));
    sum.dispose();
  }
  pass.dispose();
  tf.dispose([...powers.values()].flat());
  return { maps: found };
};

/**
 * Smooth Grad-CAM++: Grad-CAM++ with the gradient's powers averaged over noisy copies of the picture.
 * The attribution is the map at the layer's size, `[h, w]`, at least 0. Defaults are torch-cam's, and
 * so are two readings of the paper: α has the second derivative above its line, as Grad-CAM++ has,
 * and the sum below it takes each place's own third derivative (Grad-CAM++ here takes that of the
 * place which is weighed, so that the two differ without noise too). Two deviations from torch-cam,
 * which takes the last copy's gradient alone in the ReLU, and its activation in the map: here these are
 * the mean of all copies' gradients, as in the paper, and the activation without noise.
 */
export const smoothCamPlusPlus: AttributionTechnique<SmoothCamPlusPlusOptions> = cam({
  id: "smooth-cam-plus-plus",
  title: "Smooth Grad-CAM++",
  summary:
    "The region that speaks for the class, where small and repeated objects count too, with less " +
    "noise: averaged over noisy copies of the picture",
  caution:
    "As coarse as the layer. With much noise, the network sees pictures unlike any that it " +
    "knows; places that speak against the class hardly lower the map.",
  paper: {
    citation: "Omeiza, Speakman, Cintas, Weldermariam 2019, Smooth Grad-CAM++",
    url: "https://arxiv.org/abs/1908.01224",
    equation: "M = ReLU(Σₖ wₖ·Aₖ), wₖ = Σ αₖ·ReLU(D¹ₖ), αₖ = D²ₖ / (2D²ₖ + Σ Aₖ·D³ₖ + 1e-8), " +
      "Dᵖₖ = 1/n · Σᵢ (∂S_c/∂Aₖ at x + εᵢ)ᵖ, εᵢ ~ N(0, σ²)",
  },
  options,
  maps,
});
