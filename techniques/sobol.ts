import { z } from "../deps/zod.ts";
import { attributionOptions, clipAt } from "../core/options.ts";
import { sobolSequence } from "../core/sobol_sequence.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { upsample } from "../image/upsample.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { unsignedMap } from "../run/maps.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { gridParts, scoreParts } from "./_parts.ts";
import type { SobolOptions } from "./options.ts";

/** So many cells along a side: a mask and its replacement are then one point of the sequence. */
const MOST_CELLS = 16;
/** Below this a score's variance counts as none, as in the authors' code. */
const LEAST_VARIANCE = 1e-12;

/** What lies around the mean, by one less than there are. */
function varianceOf(numbers: Float64Array): number {
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  return numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (numbers.length - 1);
}

/**
 * Sobol attribution: each cell's total Sobol index, its share of the variance of the class's score
 * when masks vary how much of every cell is shown. Masks A and their replacements B are the two
 * halves of the points of a Sobol sequence, which is not scrambled: every seed has the same map. The
 * attribution is `[grid, grid]`, Jansen's estimates. As in the authors' code (xplique), but for the
 * map, which is bilinear between the cells, not bicubic.
 */
export const sobol: AttributionTechnique<SobolOptions> = defineTechnique({
  id: "sobol",
  title: "Sobol attribution",
  kind: "attribution",
  summary:
    "How much of the score's variance under masks each place has a part in, alone and with " +
    "others",
  caution:
    "An estimate, as coarse as the grid; a place counts whether it speaks for the class or against " +
    "it. Indices of places that act together each count what they share: their sum may be above 1.",
  paper: {
    citation:
      "Fel, Cadène, Chalvidal, Cord, Vigouroux, Serre 2021, Look at the Variance! Efficient " +
      "Black-box Explanations with Sobol-based Sensitivity Analysis",
    url: "https://arxiv.org/abs/2111.04138",
    equation: "R_i = Σⱼ (S_c(x ⊙ Aⱼ) − S_c(x ⊙ Aⱼ with cell i from Bⱼ))² / (2·n·Var S_c(x ⊙ A))",
  },
  options: attributionOptions.extend({
    grid: z.int().min(1).max(MOST_CELLS).default(8)
      .describe("Cells along each side of the picture"),
    designs: z.int().min(2).max(4096)
      .refine(
        (count) => Number.isInteger(Math.log2(count)),
        "a Sobol sequence is even after a power of two of its points: 2, 4, 8, … 4096",
      ).default(32)
      .describe("Masks, a power of two; each is scored as it is and with each cell replaced"),
    fill: baselineOption("What is seen where a mask hides the picture"),
    clip: clipAt(100),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const [, height, width] = image.input.shape, { grid, designs } = options;
    const input = await read(image.input);
    const fill = await baseline(options.fill, input, model.preprocess, random);
    const parts = gridParts(height, width, grid), cells = parts.count;
    const points = sobolSequence(designs, 2 * cells);
    /** The masks of A; then, cell after cell, these with that cell from B. */
    const shares = (mixture: number) => {
      const from = mixture % designs * 2 * cells, cell = Math.floor(mixture / designs) - 1;
      const mask = points.slice(from, from + cells);
      if (cell >= 0) mask[cell] = points[from + cells + cell];
      return mask;
    };
    const count = designs * (1 + cells), scores = new Float64Array(count);
    const images = { image: input, fill };
    for await (const batch of scoreParts(model, images, parts, count, shares, signal)) {
      scores.set(target.scores(batch.logits), batch.from);
      yield { step: batch.to, of: count };
    }
    const plain = scores.subarray(0, designs), variance = varianceOf(plain);
    const indices = Float32Array.from({ length: cells }, (_, cell) => {
      const replaced = scores.subarray((1 + cell) * designs, (2 + cell) * designs);
      const moved = plain.reduce((sum, score, j) => sum + (score - replaced[j]) ** 2, 0);
      return moved / (2 * designs * Math.max(variance, LEAST_VARIANCE));
    });
    const attribution = values(indices, [grid, grid]);
    return {
      attribution,
      ...unsignedMap(upsample(attribution, height, width), options.clip),
      colors: "perceptual",
      overlay: options.overlay,
      figures: { variance },
    };
  },
});
