import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import type { Model } from "../run/model.ts";
import { UserError } from "../core/errors.ts";
import { layerOption, signedOptions } from "../core/options.ts";
import { option } from "../core/say.ts";
import { normalize } from "../image/preprocess.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { LrpOptions } from "./options.ts";
import { INPUT, LOGITS } from "../engine/graph.ts";
import { upsample } from "../image/upsample.ts";
import { channelSum } from "../run/maps.ts";
import { read } from "../engine/read.ts";
import {
  type CompositeId,
  COMPOSITES,
  firstConvolutions,
  needsBox,
  ownRules,
  relevanceRules,
  ruleNames,
} from "./_lrp_composites.ts";
import { type Absorbed, type Box, Ledger } from "./_lrp_rules.ts";
import { signedResult } from "./_shown.ts";

/** Share of the logit that may miss in the picture before the user is told. */
const TOLERABLE_GAP = 0.05;
/** Share of the logit that rounding may take. */
const TOLERABLE_ROUNDING = 0.01;

/** What the inputs of the first convolutions can be, between those of a black and a white picture. */
async function firstBoxes(
  { network, preprocess }: Model,
  shape: tf.Tensor4D["shape"],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Box>> {
  const first = firstConvolutions(network.graph), layers = first.map(({ inputs }) => inputs[0]);
  if (first.length === 0) return new Map();
  const ends = [];
  for (const level of [0, 255]) {
    const pixel = new Uint8ClampedArray([level, level, level]);
    const color = normalize({ width: 1, height: 1, data: pixel }, preprocess);
    const image = tf.tidy(() => tf.add(tf.zeros<tf.Rank.R4>(shape), tf.tensor1d(color)));
    ends.push(await network.forward(image as tf.Tensor4D, { taps: layers, signal }));
    image.dispose();
  }
  const [black, white] = ends;
  const boxes = new Map(first.map(({ name }, i) => {
    const [a, b] = [black.value(layers[i]), white.value(layers[i])];
    return [name, { low: tf.minimum(a, b), high: tf.maximum(a, b) }];
  }));
  for (const pass of ends) pass.dispose();
  return boxes;
}

const digits = (n: number) => n.toPrecision(3);

function diagnose(logit: number, arrived: number, { biases, rest }: Absorbed): string[] {
  const notes: string[] = [];
  const exceeds = (part: number, share: number) => Math.abs(part) > share * Math.abs(logit);
  if (exceeds(arrived - logit, TOLERABLE_GAP)) {
    notes.push(
      `The pixels' relevance adds up to ${digits(arrived)}, the logit is ${
        digits(logit)
      }: biases ` +
        `absorbed ${digits(biases)}, stabilizers and missing evidence ${digits(rest)}. ` +
        `${option("bias", "spread")} hands that on to the pixels.`,
    );
  }
  if (exceeds(logit - arrived - biases - rest, TOLERABLE_ROUNDING)) {
    notes.push(
      "Large relevances of both signs cancelled each other, and rounding shows: trust this map " +
        `little. A larger ${option("epsilon")} or ` +
        `${option("composite", "epsilon-plus")} is steadier.`,
    );
  }
  if (logit < 0) {
    notes.push(
      "The class's logit is below zero, and so is the relevance that is shared out: under rules " +
        "that favour positive contributions, blue marks what the network looked at.",
    );
  }
  return notes;
}

/**
 * Layer-wise relevance propagation: the logit is handed back, layer by layer, to what made it, and
 * ends as signed relevance of the pixels, `[height, width, channels]`. It starts with the class's logit at
 * its unit (not with 1) and is conserved but for what biases and stabilizers absorb:
 * `logit = Σ attribution + absorbedByBiases + absorbedByRest`, all among the figures;
 * `conservationGap` is Σ attribution − logit. With `at`, it ends at a layer: `[h, w, channels]` of that
 * layer, and the map is their sum, upsampled.
 *
 * Batch-norm is folded into the convolution before it; one that stands elsewhere, and every
 * activation, hands relevance on unchanged. Sums of branches, and means, share in proportion to the
 * signed inputs, a maximum gives all to the one that won. A product gives all to its signal, as if
 * the gates were constants (Arras et al. 2017, for LSTMs): in a squeeze-and-excite block to the
 * picture, not to what weighs its channels; where two factors are of one size, to the one that is no
 * sigmoid's. A convolution as large as its input counts as dense. Deviations from zennit, whose
 * composites these are: a unit of exactly zero counts as positive for γ, and products have a rule.
 *
 * Biases (of a convolution with a folded batch-norm too) speak for a class whatever the picture
 * shows. By default they keep what is theirs, as in zennit: of the built-in networks' logits about 60
 * per cent. With `bias` spread it goes to the pixels too: use that where amounts count, to compare
 * classes or pictures or to check that relevances add up, and not to see where a network looks. On
 * the six sample pictures the share of positive relevance that lies on the subject falls from 0.82 to
 * 0.74 (phosphene-resnet, epsilon-plus), from 0.87 to 0.82 (epsilon-gamma-box); under plain epsilon,
 * where single biases are large and of both signs, it rises from 0.67 to 0.81.
 */
export const lrp: AttributionTechnique<LrpOptions> = defineTechnique({
  id: "lrp",
  title: "Layer-wise relevance propagation",
  short: "LRP",
  kind: "attribution",
  summary: "How the class's score is made up of the pixels, handed back from layer to layer",
  caution: "The rules decide much of the picture: epsilon-plus and epsilon-gamma-box are smooth " +
    "and nearly the same for several classes, plain epsilon is true to the score but noisy. " +
    "Look at the conservation gap: what biases absorb is not in the picture.",
  paper: {
    citation: "Bach, Binder, Montavon, Klauschen, Müller, Samek 2015, On Pixel-Wise Explanations " +
      "for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation; rules of Montavon " +
      "et al. 2017 (z⁺, z^B) and 2019 (γ)",
    url: "https://doi.org/10.1371/journal.pone.0130140",
    equation: "Rᵢ = Σⱼ ρ(xᵢ w_ij) / (ε + Σᵢ ρ(xᵢ w_ij) + ρ(b_j)) · Rⱼ, ρ by the layer's rule",
  },
  options: signedOptions.extend({
    composite: z.enum(Object.keys(COMPOSITES) as [CompositeId, ...CompositeId[]])
      .default("epsilon-plus").describe(
        "Rules by layer; all have ε for dense layers. Convolutions: z⁺ (epsilon-plus), γ behind a " +
          "first one with z^B (epsilon-gamma-box), αβ (alpha-beta), ε (epsilon)",
      ),
    epsilon: z.number().min(1e-9).max(1e3).default(1e-6)
      .describe("ε, added to the size of a unit's value: larger is smoother, and absorbs more"),
    gamma: z.number().min(0).max(1e3).default(0.25)
      .describe("γ: how much more contributions of the unit's own sign count (epsilon-gamma-box)"),
    alpha: z.number().min(1).max(100).default(2)
      .describe("α of positive contributions; negative ones have β = α − 1 (alpha-beta)"),
    bias: z.enum(["absorb", "spread"]).default("absorb").describe(
      "Whether biases keep the relevance that is theirs, or it is spread over their layer's inputs " +
        "by the size of their contributions, so that the pixels' relevance adds up to the logit",
    ),
    rule: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional().describe(
      `Rules of single layers, LAYER=RULE, separated by commas; * stands for any text, and a ` +
        `container's name for all in it (layer1.*=gamma,fc=z-plus). Rules: ${ruleNames.join(", ")}`,
    ).meta({ takes: "LAYER=RULE, such as layer1.*=gamma, or several" }),
    at: layerOption("Layer to stop at: its relevance is the attribution; default: the picture"),
  }),
  async *run({ model, image, options, target, signal }) {
    const { network } = model, { composite, at = INPUT } = options;
    const [, height, width] = image.input.shape;
    const own = ownRules(network.graph, [options.rule ?? []].flat().flatMap((r) => r.split(",")));
    if (network.shapeOf(at, height, width).length !== 3) {
      throw new UserError(
        `Cannot map the relevance at "${at}": its features have no place in the picture. Choose a ` +
          `layer with a height and a width.`,
        { code: "bad-option", option: "at" },
      );
    }
    const boxes = needsBox(composite)
      ? await firstBoxes(model, image.input.shape, signal)
      : new Map<string, Box>();
    const ledger = new Ledger(), accounts = { ledger, spread: options.bias === "spread" };
    try {
      const rules = relevanceRules(network.graph, composite, options, boxes, accounts, own);
      const pass = await network.forward(image.input, {
        taps: [LOGITS],
        gradient: true,
        to: [at],
        rules,
        signal,
      });
      const logits = pass.value(LOGITS);
      const start = tf.tidy(() => tf.mul(logits, target.weights(logits)));
      const { [at]: relevance } = await pass.backward({ [LOGITS]: start });
      const attribution = await read(relevance), absorbed = await ledger.totals();
      yield { step: 1, of: 1 };
      const arrived = attribution.reduce((sum, r) => sum + r, 0);
      const shown = at === INPUT ? attribution : upsample(channelSum(attribution), height, width);
      const result = signedResult(shown, options, {
        figures: {
          ...(at === INPUT ? {} : { layer: at }),
          relevance: arrived,
          conservationGap: arrived - target.logit,
          absorbedByBiases: absorbed.biases,
          absorbedByRest: absorbed.rest,
        },
        diagnosis: diagnose(target.logit, arrived, absorbed),
      });
      return { ...result, attribution };
    } finally {
      ledger.dispose();
    }
  },
});
