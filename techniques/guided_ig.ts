import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { GuidedIgOptions } from "./options.ts";
import { values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { completeness } from "./_completeness.ts";
import { imageGradients } from "./_gradient.ts";
import { GuidedPath } from "./_guided_path.ts";
import { signedResult } from "./_shown.ts";

/**
 * Guided integrated gradients: gradients of the logit along a path from a baseline to the picture
 * that moves, at each step, the numbers whose gradient is smallest, and so keeps away from where the
 * score is steep and its gradient noisy. The attribution is signed, `[height, width, channels]`. It adds up
 * to the change in score only as `maxDistance` goes to 0: a number that is moved goes as far as that
 * allows at once, and one gradient counts for all of it, however many steps there are. With the
 * defaults, which are PAIR's, a trained ResNet-20's parts add up to six times the change
 * (`completenessGap` tells). Each step follows from the one before, so no two share a pass.
 */
export const guidedIg: AttributionTechnique<GuidedIgOptions> = defineTechnique({
  id: "guided-ig",
  title: "Guided integrated gradients",
  short: "Guided IG",
  kind: "attribution",
  summary: "Integrated gradients along a path that keeps away from where the score is steep: " +
    "less noise beside the object",
  caution:
    "The path follows the network's gradients, so another class gets another path, and with the usual " +
    "leeway the parts can add up to several times the change in score: compare such maps by their " +
    "places, not by their amounts. It depends on the baseline as integrated gradients do.",
  paper: {
    citation: "Kapishnikov, Venugopalan, Avci, Wedin, Terry, Bolukbasi 2021, Guided Integrated " +
      "Gradients: An Adaptive Path Method for Removing Noise",
    url: "https://arxiv.org/abs/2106.09788",
    equation:
      "Rᵢ = Σₛ ∂S_c(xₛ)/∂xᵢ · (xₛ₊₁ − xₛ)ᵢ; step s moves the `fraction` of numbers with the " +
      "smallest |∂S_c/∂xᵢ| as far as they may go, then the next, until Σᵢ|x − xₛ₊₁|ᵢ has fallen by 1/steps of what it was, " +
      "each number within α ± maxDistance of its way, α = (s + 1)/steps",
  },
  options: signedOptions.extend({
    steps: z.int().min(1).max(10_000).default(200).describe("Steps along the path, one pass each"),
    fraction: z.number().min(0).max(1).default(0.25).describe(
      "Share of the picture's numbers, those of the smallest gradients first, that move together: 1 " +
        "moves all alike",
    ),
    maxDistance: z.number().min(0).max(1).default(0.02).describe(
      "How far a number may be ahead of or behind the straight path, as a share of its way: 0 is the " +
        "straight path, 1 any path between the baseline and the picture",
    ),
    baseline: baselineOption("Where the path begins"),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const { network, preprocess } = model, { shape } = image.input, { steps } = options;
    const input = await read(image.input);
    const empty = await baseline(options.baseline, input, preprocess, random);
    const path = new GuidedPath(empty, input, options);
    const start = tf.tensor4d(empty, shape);
    const [before] = target.scores(await read(await network.logits(start, signal)));
    for (let step = 1; step <= steps; step++) {
      const here = tf.tensor4d(Float32Array.from(path.at), shape);
      const gradient = await imageGradients(network, here, target, {}, signal);
      path.move(await gradient.data<"float32">());
      tf.dispose([here, gradient]);
      yield { step, of: steps };
    }
    const attribution = values(Float32Array.from(path.gathered), input.shape);
    return signedResult(
      attribution,
      options,
      completeness(
        attribution,
        target.logit,
        before,
        `A smaller ${option("maxDistance")} with more ${
          option("steps")
        } would narrow it: a number ` +
          `moves by up to twice that part of its way at once, by one gradient.`,
      ),
    );
  },
});
