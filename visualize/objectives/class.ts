import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { withRole } from "../../core/options.ts";
import { LOGITS } from "../../engine/graph.ts";
import { channelOf } from "../../engine/objectives.ts";
import { findClass } from "../../run/classes.ts";
import type { Model } from "../../run/model.ts";
import { defineObjective, type ObjectiveMaker } from "../../run/objective.ts";
import { columnOf, type Outputs, outputsOf } from "../../run/outputs.ts";
import { UserError } from "../../core/errors.ts";

const options = z.object({
  class: withRole("class", z.union([z.int().min(0), z.string().min(1)]))
    .describe("Class, by number or name"),
});
type Options = { class: number | string };

/** Where a class is among the outputs, and with which sign. */
function find(
  model: Model,
  wanted: number | string,
): { outputs: Outputs; at: number; sign: number } {
  const outputs = outputsOf(model);
  return { outputs, ...columnOf(outputs, findClass(outputs.classes, wanted, model.id)) };
}

/** The score before it becomes a probability. */
export const logit: ObjectiveMaker<Options> = defineObjective({
  id: "logit",
  summary: "Score of a class before it becomes a probability, the mean over the places of a map",
  options,
  make({ class: wanted }, { model }) {
    const { at, sign } = find(model, wanted);
    return {
      layers: [LOGITS],
      value: (read) => tf.mul(tf.mean(channelOf(read(LOGITS), at)), sign),
    };
  },
});

/** Logarithm of a class's probability. */
function logProbability(model: Model, wanted: number | string, name: string) {
  const { outputs: { scores }, at, sign } = find(model, wanted);
  if (scores !== "softmax" && scores !== "sigmoid") {
    throw new UserError(
      `${name} needs a network whose scores become probabilities; ${model.id}'s are ${scores}: use logit.`,
      { code: "bad-option", option: "objective" },
    );
  }
  return (read: (layer: string) => tf.Tensor) => {
    const logits = read(LOGITS);
    return scores === "softmax"
      ? channelOf(tf.logSoftmax(logits), at)
      : tf.neg(tf.softplus(tf.mul(channelOf(logits, at), -sign)));
  };
}

/** How sure the network is. */
export const probability: ObjectiveMaker<Options> = defineObjective({
  id: "probability",
  summary: "Probability of a class, against all others",
  options,
  make({ class: wanted }, { model }) {
    const log = logProbability(model, wanted, "probability");
    return { layers: [LOGITS], value: (read) => tf.mean(tf.exp(log(read))) };
  },
});

/** Likewise, where probabilities are tiny. */
export const logProbabilityOf: ObjectiveMaker<Options> = defineObjective({
  id: "log_probability",
  summary: "Logarithm of the probability of a class: has a slope also where that is almost zero",
  options,
  make({ class: wanted }, { model }) {
    const log = logProbability(model, wanted, "log_probability");
    return { layers: [LOGITS], value: (read) => tf.mean(log(read)) };
  },
});
