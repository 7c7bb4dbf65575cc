/**
 * A technique from its paper: total Sobol indices, by masks that are drawn uniformly.
 *
 *     deno task phosphene sobol-uniform cat.png --plugin examples/plugin_sobol.ts
 */
import * as kit from "../kit.ts";

const { tf, z, values } = kit;

const sobol = kit.defineTechnique({
  id: "sobol-uniform",
  title: "Sobol attribution, uniform masks",
  kind: "attribution",
  summary: "How much of the score's variance under random masks each place has a part in",
  caution: "An estimate, as coarse as the grid; a place counts whether it speaks for or against.",
  paper: {
    citation: "Fel, Cadène et al. 2021, Look at the Variance! Efficient Black-box Explanations " +
      "with Sobol-based Sensitivity Analysis; the estimator is Jansen's (1999)",
    url: "https://arxiv.org/abs/2111.04138",
    equation: "S_i = Σⱼ (f(Aⱼ) − f(Cⱼⁱ))² / (2·n·Var f(A)), where Cⱼⁱ is Aⱼ with cell i from Bⱼ",
  },
  options: kit.attributionOptions.extend({
    grid: z.int().min(1).max(32).default(7).describe("Cells along each side of the picture"),
    designs: z.int().min(2).max(10_000).default(32).describe("Masks in A, and for each cell in C"),
  }),
  async *run({ model, image, options: { grid, designs, overlay }, target, random, signal }) {
    const [, height, width] = image.input.shape, size: [number, number] = [height, width];
    const cells = grid * grid;
    const a = random.uniformValues([designs, cells], 0, 1);
    const b = random.uniformValues([designs, cells], 0, 1);
    const count = designs * (cells + 1), scores = new Float64Array(count);
    /** A's masks, then for each cell these with that cell from B. */
    const mask = (at: number) => {
      const row = at % designs * cells, cell = Math.floor(at / designs) - 1;
      const levels = a.slice(row, row + cells);
      if (cell >= 0) levels[cell] = b[row + cell];
      return kit.upsample(values(levels, [grid, grid]), height, width, "nearest");
    };
    const masked = (from: number, to: number) => {
      const masks = Array.from({ length: to - from }, (_, i) => tf.tensor2d(mask(from + i), size));
      return tf.mul(image.input, tf.expandDims(tf.stack(masks), -1)) as kit.tf.Tensor4D;
    };
    for await (const batch of kit.scoreBatches(model, size, count, masked, signal)) {
      scores.set(target.probabilities(batch.logits) ?? target.scores(batch.logits), batch.from);
      yield { step: batch.to, of: count };
    }
    const ofA = scores.slice(0, designs), mean = ofA.reduce((sum, f) => sum + f) / designs;
    const variance = ofA.reduce((sum, f) => sum + (f - mean) ** 2, 0) / (designs - 1);
    const index = (cell: number) =>
      ofA.reduce((sum, f, j) => sum + (f - scores[(cell + 1) * designs + j]) ** 2, 0) /
      (2 * designs * variance || 1); // a score that never moves has no variance to share out
    const indices = Float32Array.from({ length: cells }, (_, cell) => index(cell));
    const attribution = values(indices, [grid, grid]);
    const shown = kit.unsignedMap(kit.upsample(attribution, height, width));
    return { attribution, ...shown, colors: "perceptual", overlay };
  },
});

export default kit.definePlugin({ techniques: [sobol] });
