/** Backward rules of ReLU that let only evidence for the class through. */
import * as tf from "../deps/tfjs.ts";
import type { Graph } from "../engine/graph.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { Op, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";

/** The same kind of rule for every op that rectifies, when it is asked for: plugins add ops. */
const everyRectifier = (rule: (entry: Op) => Rule) => (): Rules =>
  Object.fromEntries(
    opNames().filter((name) => op(name).traits.rectifies).map((name) => [name, rule(op(name))]),
  );

/** Back where the input was positive (for ReLU6: not cut off) and the gradient is. */
export const guidedRules: () => Rules = everyRectifier(({ reads, backward }) => ({
  name: "guided",
  reads,
  backward: (dy, call) => backward(tf.relu(dy), call),
}));

/** Back where the gradient is positive, whatever the input was. */
export const deconvnetRules: () => Rules = everyRectifier(() => ({
  name: "deconvnet",
  backward: (dy) => [tf.relu(dy)],
}));

/** Whether an op is an activation that these rules leave its plain gradient: GELU, a sigmoid, … */
function isOther(name: string): boolean {
  const { nature, rectifies, affine } = op(name).traits;
  return nature === "elementwise" && !rectifies && !affine;
}

/**
 * What is to be said of a network's activations where one of these rules took its gradient.
 *
 * @param subject What the gradient is in the result: `this is`, say.
 */
export function activationNotes({ nodes }: Graph, subject: string): string[] {
  const ops = [...new Set(nodes.map((node) => node.op))];
  const others = ops.filter(isOther).join(", ");
  if (!ops.some((name) => op(name).traits.rectifies)) {
    const instead = others && ` but ${others}`;
    return [`The network has no ReLU${instead}: ${subject} its plain gradient.`];
  }
  return others
    ? [`The network has activations beside ReLU: ${others}. Those keep their plain gradient.`]
    : [];
}
