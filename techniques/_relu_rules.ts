/** Backward rules of ReLU that let only evidence for the class through. */
import * as tf from "@tensorflow/tfjs-core";
import { op, opNames } from "../engine/ops/mod.ts";
import type { Op, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";

/** The same kind of rule for every op that rectifies. */
const everyRectifier = (rule: (entry: Op) => Rule): Rules =>
  Object.fromEntries(
    opNames.filter((name) => op(name).traits.rectifies).map((name) => [name, rule(op(name))]),
  );

/** Back where the input was positive (for ReLU6: not cut off) and the gradient is. */
export const GUIDED: Rules = everyRectifier(({ reads, backward }) => ({
  name: "guided",
  reads,
  backward: (dy, call) => backward(tf.relu(dy), call),
}));

/** Back where the gradient is positive, whatever the input was. */
export const DECONVNET: Rules = everyRectifier(() => ({
  name: "deconvnet",
  backward: (dy) => [tf.relu(dy)],
}));
