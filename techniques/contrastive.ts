import * as tf from "../deps/tfjs.ts";
import { z } from "../deps/zod.ts";
import { withRole } from "../core/options.ts";
import { LOGITS } from "../engine/graph.ts";
import { read } from "../engine/read.ts";
import { outputsOf } from "../run/outputs.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { cam, camOptions, type MapMaker } from "./_cam.ts";
import { contrast } from "./_contrast.ts";
import { gradCamMaps } from "./grad_cam.ts";
import type { ContrastiveOptions } from "./options.ts";

/** Maps of Grad-CAM of what sets the target against its foil. */
const maps: MapMaker<ContrastiveOptions> = async function* (context, layers) {
  const { model, image: { input, picture }, options, target, signal } = context;
  const logits = await model.network.logits(input, signal);
  const outputs = outputsOf(model, picture);
  const about = {
    outputs,
    target,
    weights: await read(target.weights(logits)),
    numbers: await read(logits),
  };
  const { foil, foilScore, gradient, isLoss, predicted } = contrast(
    about,
    options.foil,
    model.id,
  );
  const weights = tf.tensor(gradient, [1, ...gradient.shape]);
  const objective = {
    layers: [LOGITS],
    value: (read: (layer: string) => tf.Tensor) => tf.sum(tf.mul(read(LOGITS), weights)),
  };
  const made = yield* gradCamMaps({ ...context, target: { ...target, objective } }, layers);
  const { classes, scores, count } = outputs;
  const instead = "it is the difference of the two scores that is explained.";
  return {
    ...made,
    figures: { foil: classes[foil], foilScore },
    diagnosis: isLoss ? [] : scores === "softmax" && count > 1
      ? [
        `The foil's loss explains what the network predicts, ${classes[predicted]}: for ` +
        `${target.label} ${instead}`,
      ]
      : [`The network's scores do not compete in a softmax: ${instead}`],
  };
};

/**
 * Contrastive Grad-CAM: why this class, rather than that one (the foil). Where Grad-CAM takes the
 * gradient of the class's score, this takes that of the loss which the network would have if the foil
 * were right: `−log softmax(S)_Q`, whose gradient raises all classes by their probabilities and lowers
 * the foil. The attribution is the map at the layer's size, `[h, w]`, above 0 for the class and below 0
 * for the foil; `signed: false` gives the paper's map, whose ReLU leaves the class's part, and nothing
 * where a layer speaks for the foil throughout.
 *
 * The loss knows the foil alone: that it tells why this class comes of this class being the predicted
 * one, as in the paper. For any other target, and for networks without a softmax, the difference of the
 * two scores takes its place, and the diagnosis says so.
 */
export const contrastive: AttributionTechnique<ContrastiveOptions> = cam({
  id: "contrastive",
  title: "Contrastive Grad-CAM",
  short: "Contrastive",
  summary: "Which regions speak for the class rather than for another one, and which the other way",
  caution:
    "As coarse as the layer. What both classes need is not in it: an empty region may still " +
    "matter to either. Another foil asks another question.",
  paper: {
    citation:
      "Prabhushankar, Kwon, Temel, AlRegib 2020, Contrastive Explanations in Neural Networks",
    url: "https://arxiv.org/abs/2008.00178",
    equation:
      "M = Σₖ wₖ·Aₖ (the paper: its ReLU), wₖ = mean over places of ∂J/∂Aₖ, J = −log softmax(S)_Q",
  },
  options: camOptions.extend({
    signed: z.boolean().default(true).describe(
      "Keep what speaks for the foil: no ReLU, two colours around zero; the paper's maps have the ReLU",
    ),
    foil: withRole("class", z.union([z.int().min(0), z.string().min(1)]).optional()).describe(
      "Class to set it against, by number or name; default: the one of the highest score besides",
    ),
  }),
  maps,
});
