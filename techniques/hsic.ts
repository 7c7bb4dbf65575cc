import { z } from "../deps/zod.ts";
import { attributionOptions, clipAt } from "../core/options.ts";
import { option } from "../core/say.ts";
import { sobolSequence } from "../core/sobol_sequence.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { upsample } from "../image/upsample.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { unsignedMap } from "../run/maps.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { gridParts, scoreParts } from "./_parts.ts";
import type { HsicOptions } from "./options.ts";

/** The middle one; of an even number, the mean of the two in the middle. */
function medianOf(numbers: Float64Array): number {
  const sorted = numbers.toSorted(), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Less its mean. */
function centred(numbers: Float64Array): Float64Array {
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  return numbers.map((v) => v - mean);
}

/**
 * How alike scores are, a Gaussian of their distance that is as wide as their median is large, each row
 * less its mean. Row after row, `count²` numbers.
 */
function likeness(scores: Float64Array): Float64Array {
  const count = scores.length, width = Math.abs(medianOf(scores));
  const alike = new Float64Array(count ** 2);
  for (let i = 0; i < count; i++) {
    const row = scores.map((score) => {
      const apart = score - scores[i];
      return apart === 0 ? 1 : Math.exp(-((apart / width) ** 2) / 2);
    });
    alike.set(centred(row), i * count);
  }
  return alike;
}

/**
 * How much a cell and the scores depend on each other: tr(K·H·L·H)/n, where L are the scores'
 * likenesses, K those of whether the cell is shown, 1.5 for the same and 0.5 for another, and H takes
 * the mean away. Of two values, H·K·H is 2·x·xᵀ, where x is what the cell shows less its mean.
 */
function dependence(shown: Float64Array, alike: Float64Array): number {
  const x = centred(shown), count = x.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    let row = 0;
    for (let j = 0; j < count; j++) row += alike[i * count + j] * x[j];
    sum += x[i] * row;
  }
  return 2 * sum / count;
}

/** A warning where cells are shown and hidden together by every mask, so that nothing tells them apart. */
function confusion(columns: readonly Float64Array[]): string[] {
  const different = new Set(columns.map((column) => column.join(""))).size;
  if (different === columns.length) return [];
  return [
    `Some of the ${columns.length} cells are shown and hidden by the same masks as others, so that ` +
    `only ${different} can be told apart: more ${option("masks")} or a smaller ${option("grid")} ` +
    `will do.`,
  ];
}

/**
 * HSIC attribution: how much the class's score and whether a cell is shown depend on each other, by the
 * Hilbert-Schmidt independence criterion, whatever the form of the dependence. The masks are the points
 * of a Sobol sequence, rounded to 0 and 1; it is not scrambled: every seed has the same map. The
 * attribution is `[grid, grid]`. As in the authors' code (xplique), but for the map, which is bilinear
 * between the cells, not bicubic.
 */
export const hsic: AttributionTechnique<HsicOptions> = defineTechnique({
  id: "hsic",
  title: "HSIC attribution",
  kind: "attribution",
  summary: "How strongly the class's score depends on whether each place is shown",
  caution:
    "An estimate, as coarse as the grid, without a sign: a place counts whether it speaks for the " +
    "class or against it. How alike two scores are is measured by the scores' median: a network " +
    "whose scores have another zero gets another map.",
  paper: {
    citation: "Novello, Fel, Vigouroux 2022, Making Sense of Dependence: Efficient Black-box " +
      "Explanations Using Dependence Measure",
    url: "https://arxiv.org/abs/2206.06219",
    equation: "R_i = tr(Kᵢ·H·L·H)/n, where L_jk = exp(−(S_c(x ⊙ Mⱼ) − S_c(x ⊙ M_k))² / 2σ²), " +
      "Kᵢ,jk = 3/2 − (Mⱼᵢ − M_kᵢ)² and H = I − 1/n",
  },
  options: attributionOptions.extend({
    grid: z.int().min(1).max(22).default(8).describe("Cells along each side of the picture"),
    masks: z.int().min(2).max(4096).default(500).describe("Number of masks"),
    fill: baselineOption("What is seen where a mask hides the picture"),
    clip: clipAt(100),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const [, height, width] = image.input.shape, { grid, masks } = options;
    const input = await read(image.input);
    const fill = await baseline(options.fill, input, model.preprocess, random);
    const parts = gridParts(height, width, grid), cells = parts.count;
    const shown = sobolSequence(masks, cells).map((v) => v > 0.5 ? 1 : 0);
    const shares = (mask: number) => shown.subarray(mask * cells, (mask + 1) * cells);
    const scores = new Float64Array(masks), images = { image: input, fill }, of = masks + cells;
    for await (const batch of scoreParts(model, images, parts, masks, shares, signal)) {
      scores.set(target.scores(batch.logits), batch.from);
      yield { step: batch.to, of };
    }
    const alike = likeness(scores);
    const columns = Array.from(
      { length: cells },
      (_, cell) => Float64Array.from({ length: masks }, (_, j) => shown[j * cells + cell]),
    );
    const attribution = values(new Float32Array(cells), [grid, grid]);
    for (const [cell, column] of columns.entries()) {
      attribution[cell] = dependence(column, alike);
      yield { step: masks + cell + 1, of };
    }
    return {
      attribution,
      ...unsignedMap(upsample(attribution, height, width), options.clip),
      colors: "perceptual",
      overlay: options.overlay,
      diagnosis: confusion(columns),
    };
  },
});
