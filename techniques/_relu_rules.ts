/** Backward rules of ReLU that let only evidence for the class through. */
import * as tf from "@tensorflow/tfjs";
import { relu, relu6 } from "../engine/ops/activation.ts";
import type { Op, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";

const positiveOnly = ({ reads, backward }: Op): Rule => ({
  reads,
  backward: (dy, call) => backward(tf.relu(dy), call),
});

/** Back where the input was positive (for ReLU6: not cut off) and the gradient is. */
export const GUIDED: Rules = { relu: positiveOnly(relu), relu6: positiveOnly(relu6) };

const rectified: Rule = { backward: (dy) => [tf.relu(dy)] };

/** Back where the gradient is positive, whatever the input was. */
export const DECONVNET: Rules = { relu: rectified, relu6: rectified };
