import * as tf from "../deps/tfjs.ts";
import { signedOptions } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { INPUT, LOGITS } from "../engine/graph.ts";
import { read } from "../engine/read.ts";
import { values } from "../core/values.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { completeness } from "./_completeness.ts";
import { deepLiftRules } from "./_deep_lift_rules.ts";
import type { DeepLiftOptions } from "./options.ts";
import { signedResult } from "./_shown.ts";

/**
 * DeepLIFT by its rescale rule: the change in score from a baseline to the picture, handed back layer by
 * layer in proportion to how far each number has changed. The attribution is signed, `[height, width,
 * channels]`, and adds up to the change in score (`completenessGap` is what misses). As in Captum, an
 * activation's multiplier is the change of its output by that of its input, and of a max-pool's
 * numbers the one that was the greater of picture and baseline accounts for its change; but where
 * windows overlap, shares are added up, where Captum keeps one of them. Scores are logits: a softmax or
 * sigmoid at the end is left out.
 *
 * What the paper has no rule for takes the mean gradient on the line from the baseline's numbers to the
 * picture's, which for a function of one number is rescale: products of branches (exact: each factor is
 * multiplied by the other's mean of picture and baseline), attention, softmax, and what normalizes by
 * its own statistics (nearly: ten points; worst where a norm is of few numbers). The paper's other rule,
 * RevealCancel, is not here.
 */
export const deepLift: AttributionTechnique<DeepLiftOptions> = defineTechnique({
  id: "deep-lift",
  title: "DeepLIFT",
  kind: "attribution",
  summary:
    "How the change in score, from an empty picture to this one, is handed back by each layer",
  caution:
    "It depends on the baseline: pixels that look like it get nothing. Units that change back and " +
    "forth between baseline and picture are seen only at the two ends, and networks that " +
    "compute the same in another way get another map; integrated gradients do not.",
  paper: {
    citation:
      "Shrikumar, Greenside, Kundaje 2017, Learning Important Features Through Propagating " +
      "Activation Differences; as gradients: Ancona et al. 2018",
    url: "https://arxiv.org/abs/1704.02685",
    equation: "R = (x − x′) ⊙ m_x, m_x = ∂S_c/∂x with (y − y′) / (x − x′) for the slope of each " +
      "activation y",
  },
  options: signedOptions.extend({ baseline: baselineOption("What the picture is compared with") }),
  async *run({ model: { network, preprocess }, image, options, target, random, signal }) {
    const seen = await read(image.input);
    const empty = await baseline(options.baseline, seen, preprocess, random);
    const start = tf.tensor4d(empty, image.input.shape);
    const both = tf.concat4d([image.input, start], 0);
    const pass = await network.forward(both, {
      taps: [LOGITS],
      gradient: true,
      rules: deepLiftRules(),
      fuse: false, // rules read each activation's input
      signal,
    });
    const logits = pass.value(LOGITS);
    const seed = tf.tidy(() => tf.mul(tf.onesLike(logits), target.weights(logits)));
    const { [INPUT]: multipliers } = await pass.backward({ [LOGITS]: seed });
    const attribution = await read(
      tf.tidy(() => tf.mul(tf.split(multipliers, 2, 0)[0], tf.sub(image.input, start))),
    );
    const scores = target.scores(values(await logits.data<"float32">(), logits.shape));
    yield { step: 1, of: 1 };
    return signedResult(attribution, options, completeness(attribution, scores[0], scores[1]));
  },
});
