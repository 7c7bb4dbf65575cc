import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { unsignedMap } from "../run/maps.ts";
import { attributionOptions, clipAt } from "../core/options.ts";
import type { Random } from "../core/random.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { RiseOptions } from "./options.ts";
import { upsample } from "../image/upsample.ts";
import { type Values, values } from "../core/values.ts";
import { scoreBatches } from "../run/batches.ts";

/**
 * A soft mask `[height, width]`: a grid of zeros and ones, upsampled beyond the picture by one cell,
 * then cut out at a random place within that cell.
 */
function drawMask(
  height: number,
  width: number,
  { grid, probability }: { readonly grid: number; readonly probability: number },
  random: Random,
): Values {
  const cells = Float32Array.from(
    { length: grid * grid },
    () => random.next() < probability ? 1 : 0,
  );
  const cell = { height: Math.ceil(height / grid), width: Math.ceil(width / grid) };
  const columns = (grid + 1) * cell.width;
  const large = upsample(values(cells, [grid, grid]), (grid + 1) * cell.height, columns);
  const top = random.integer(0, cell.height - 1), left = random.integer(0, cell.width - 1);
  const mask = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * columns + left;
    mask.set(large.subarray(from, from + width), y * width);
  }
  return values(mask, [height, width]);
}

/**
 * RISE: the mean of random masks, each weighted by the class's probability (by its score, where the
 * network's scores have no probability) when only what the mask lets through is shown. The attribution is that mean, `[height, width]`, an estimate of the
 * probability given that the pixel is shown. What a mask hides becomes zero in the network's
 * normalized space.
 */
export const rise: AttributionTechnique<RiseOptions> = defineTechnique({
  id: "rise",
  title: "RISE",
  kind: "attribution",
  summary: "Which places must be visible for the class, estimated with thousands of random masks",
  caution:
    "An estimate: another seed gives a slightly different map, and with few masks it is noise. " +
    "It cannot show anything finer than the grid.",
  paper: {
    citation: "Petsiuk, Das, Saenko 2018, RISE: Randomized Input Sampling for Explanation",
    url: "https://arxiv.org/abs/1806.07421",
    equation: "R = 1/(p·N) · Σᵢ P_c(x ⊙ Mᵢ)·Mᵢ",
  },
  options: attributionOptions.extend({
    masks: z.int().min(1).max(1_000_000).default(4000).describe("Number of masks"),
    grid: z.int().min(1).max(100).default(7).describe("Cells of a mask along each side"),
    probability: z.number().min(0.01).max(0.99).default(0.5)
      .describe("How likely a cell is to be shown"),
    clip: clipAt(100),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const [, height, width] = image.input.shape, pixels = height * width;
    const { masks: count, probability } = options;
    let masks: Values[] = [];
    const masked = (from: number, to: number) => {
      masks = Array.from(
        { length: to - from },
        () => drawMask(height, width, options, random),
      );
      const all = new Float32Array(masks.length * pixels);
      masks.forEach((mask, i) => all.set(mask, i * pixels));
      return tf.mul(image.input, tf.tensor4d(all, [to - from, height, width, 1])) as tf.Tensor4D;
    };
    const sum = new Float64Array(pixels);
    for await (
      const { to, logits } of scoreBatches(model, [height, width], count, masked, signal)
    ) {
      const scores = target.probabilities(logits) ?? target.scores(logits);
      masks.forEach((mask, i) => {
        const score = scores[i];
        for (let at = 0; at < pixels; at++) sum[at] += score * mask[at];
      });
      yield { step: to, of: count };
    }
    const attribution = values(
      Float32Array.from(sum, (v) => v / (count * probability)),
      [height, width],
    );
    return {
      attribution,
      ...unsignedMap(attribution, options.clip),
      colors: "perceptual",
      overlay: options.overlay,
    };
  },
});
