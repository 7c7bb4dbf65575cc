import { z } from "../deps/zod.ts";
import { attributionOptions, clipAt } from "../core/options.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { rangeOf, unsignedMap } from "../run/maps.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { XraiOptions } from "./options.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { ranked, regionsOf } from "./_regions.ts";

/** What lengths in pixels are meant for. */
const SIDE = 224;

/** The mean of attributions `[height, width, channels]`, and of that the largest of each pixel's colours. */
function strongest(attributions: readonly Values[]): Float64Array {
  const [{ shape: [height, width, channels] }] = attributions;
  const mean = (at: number) =>
    attributions.reduce((sum, v) => sum + v[at], 0) / attributions.length;
  return Float64Array.from({ length: height * width }, (_, pixel) => {
    let most = -Infinity;
    for (let c = 0; c < channels; c++) most = Math.max(most, mean(pixel * channels + c));
    return most;
  });
}

/**
 * XRAI: regions of the picture in the order of how dense the integrated gradients in them are, from
 * two baselines, as dark and as bright as the picture is anywhere. Each pixel has the density of the
 * region that took it first: the attribution is signed, `[height, width]`, and adds up to what the
 * integrated gradients' strongest colours do. PAIR's own in full, but that the dilation and the fewest
 * pixels, which it counts in pixels of 224×224, grow and shrink with the picture, and that regions are
 * found on the picture, not on its normalized numbers.
 */
export const xrai: AttributionTechnique<XraiOptions> = defineTechnique({
  id: "xrai",
  title: "XRAI",
  kind: "attribution",
  summary: "Which regions of the picture matter most, by the integrated gradients in each of them",
  caution:
    "Its sharp outlines are those of the regions, found without the network: only which of them are " +
    "bright is its doing. Of each pixel, what speaks for the class counts more than what speaks " +
    "against it.",
  paper: {
    citation:
      "Kapishnikov, Bolukbasi, Viégas, Terry 2019, XRAI: Better Attributions Through Regions",
    url: "https://arxiv.org/abs/1906.02825",
    equation: "R = mean of A over s \\ M, s = argmax over regions of that mean, M ← M ∪ s; " +
      "A = maxₖ of the mean of both integrated gradients",
  },
  options: attributionOptions.extend({
    steps: z.int().min(1).max(1000).default(100).describe("Points along each of the two paths"),
    dilation: z.int().min(0).max(100).optional().describe(
      "Pixels that each region grows by; default: 5, if the shorter side has 224, else in proportion",
    ),
    least: z.int().min(1).max(1_000_000).optional().describe(
      "Fewest pixels that a region must add; default: 50, if the picture has 224×224, else in proportion",
    ),
    clip: clipAt(100),
  }),
  async *run(context) {
    const { image, options } = context, { steps, clip, overlay } = options;
    const [, height, width] = image.input.shape;
    const input = await read(image.input), baselines = rangeOf(input), of = 2 * steps + 1;
    const attributions: Values[] = [];
    for (const [i, baseline] of baselines.entries()) {
      const inner = { steps, baseline, method: "linspace", clip, overlay } as const;
      const path = integratedGradients.run({ ...context, options: inner });
      let next = await path.next();
      for (; !next.done; next = await path.next()) yield { step: i * steps + next.value.step, of };
      attributions.push(next.value.attribution);
    }
    const dilation = options.dilation ?? Math.round(5 * Math.min(height, width) / SIDE);
    const least = options.least ?? Math.max(1, Math.round(50 * height * width / SIDE ** 2));
    const regions = regionsOf(image.picture, dilation);
    const found = ranked(strongest(attributions), regions, least);
    yield { step: of, of };
    const attribution = values(Float32Array.from(found.map), [height, width]);
    return {
      attribution,
      ...unsignedMap(attribution, clip),
      colors: "perceptual",
      overlay,
      figures: { regions: regions.length, taken: found.taken, dilation, least },
      diagnosis: found.taken === 0 ? [`No region has ${least} pixels: the map is one colour.`] : [],
    };
  },
});
