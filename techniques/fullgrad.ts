import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { attributionOptions, clipAt } from "../core/options.ts";
import { percent } from "../core/text.ts";
import { type Values, values } from "../core/values.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { INPUT, LOGITS } from "../engine/graph.ts";
import { upsample } from "../image/upsample.ts";
import { unsignedMap } from "../run/maps.ts";
import { BiasLedger, type BiasPart, biasRules } from "./_bias_rules.ts";
import type { FullgradOptions } from "./options.ts";

/** What a range is kept away from zero by, as its authors do. */
const STABILIZER = 1e-6;
/** Share of the score that the parts may miss before the user is told. */
const TOLERABLE_GAP = 0.05;

/** A layer's magnitudes scaled to 0..1, all of its channels together, and summed over these. */
function scaled({ places, channels, least, largest }: BiasPart): Values {
  const range = largest - least + STABILIZER;
  return values(places!.map((sum) => (sum - channels * least) / range), places!.shape);
}

/**
 * FullGrad: what the picture and what each layer's biases add to the score, as magnitudes, each layer's
 * scaled to 0..1, enlarged and added up. The attribution is that, `[height, width]`, at least 0. Of a
 * piecewise linear network the parts add up to the score: `inputPart` and `biasPart` are their sums,
 * `completenessGap` is what misses.
 *
 * Biases are those of convolutions and dense layers, batch-norm's shift (a layer of its own, also where it
 * is computed with the convolution before it; in a file where it has been folded into the
 * convolution, that one's bias), and what an activation other than ReLU adds that its slope does not
 * explain. Those of layers without a height and a width count in the sum and have no place in the map. The
 * variant `simple` shows the gradients at the layers with biases instead of their product with the biases.
 * Both are as in the authors' code, which enlarges with `align_corners=True`; it knows no biases of
 * activations.
 */
export const fullGrad: AttributionTechnique<FullgradOptions> = defineTechnique({
  id: "fullgrad",
  title: "FullGrad",
  kind: "attribution",
  summary: "Where picture and biases make the class's score, over all layers together",
  caution:
    "Magnitudes: it does not say whether a place speaks for or against the class. Each layer " +
    "counts alike, however little it adds to the score, and the sum of many blurred layers is " +
    "bright near the middle of most pictures.",
  paper: {
    citation:
      "Srinivas, Fleuret 2019, Full-Gradient Representation for Neural Network Visualization",
    url: "https://arxiv.org/abs/1905.00780",
    equation: "M = ψ(x ⊙ ∂S_c/∂x) + Σ over layers and channels of ψ(b ⊙ ∂S_c/∂y), " +
      "ψ: magnitudes, scaled to 0..1 and enlarged; S_c = Σ x ⊙ ∂S_c/∂x + Σ b ⊙ ∂S_c/∂y",
  },
  options: attributionOptions.extend({
    variant: z.enum(["full", "simple"]).default("full").describe(
      "What layers show: their biases' part of the score, or (simple) their gradient alone",
    ),
    clip: clipAt(100),
  }),
  async *run({ model: { network }, image: { input }, options, target, signal }) {
    const [, height, width] = input.shape, ledger = new BiasLedger();
    try {
      const rules = biasRules(ledger, options.variant === "simple");
      // by itself each node has its own bias, and activations their inputs
      const pass = await network.forward(input, {
        taps: [LOGITS],
        gradient: true,
        rules,
        fuse: false,
        signal,
      });
      const logits = pass.value(LOGITS);
      const seed = tf.tidy(() => tf.mul(tf.onesLike(logits), target.weights(logits)));
      const { [INPUT]: gradient } = await pass.backward({ [LOGITS]: seed });
      const own = new BiasLedger();
      tf.tidy(() => own.note(INPUT, true, tf.mul(gradient, input)));
      const [ofInput] = await own.parts(), parts = await ledger.parts();
      own.dispose();
      yield { step: 1, of: 1 };

      const simple = options.variant === "simple";
      const shown = [ofInput, ...parts].filter(({ places, learnt, largest }) =>
        places && largest > 0 && (learnt || !simple)
      );
      const sum = new Float64Array(height * width);
      for (const part of shown) {
        upsample(scaled(part), height, width, "corners").forEach((v, i) => sum[i] += v);
      }
      const attribution = values(Float32Array.from(sum), [height, width]);
      const ofBiases = parts.reduce((all, { sum }) => all + sum, 0);
      const gap = ofInput.sum + ofBiases - target.logit, share = Math.abs(gap / target.logit);
      return {
        attribution,
        ...unsignedMap(attribution, options.clip),
        colors: "perceptual",
        overlay: options.overlay,
        figures: {
          inputPart: ofInput.sum,
          biasPart: ofBiases,
          completenessGap: gap,
          layers: shown.length - 1,
        },
        diagnosis: share > TOLERABLE_GAP
          ? [
            `The parts of picture and biases add up to ${
              (gap + target.logit).toPrecision(4)
            }, the ` +
            `score is ${target.logit.toPrecision(4)}` +
            `${Number.isFinite(share) ? `, a gap of ${percent(share, 0)}` : ""}: the network has ` +
            `layers (attention, a norm by the picture's own statistics) whose biases are not known.`,
          ]
          : [],
      };
    } finally {
      ledger.dispose();
    }
  },
});
