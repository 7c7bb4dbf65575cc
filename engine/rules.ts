/** How a signal goes back through each op, where that differs from the op's plain gradient. */
import type { Node } from "./graph.ts";
import type { Rule } from "./ops/op.ts";

/**
 * Rows keyed by op: a rule, or a function that chooses one by node (the first convolution, say) and
 * may leave a node its plain gradient. A fused ReLU is found under its own name, so no row can miss
 * one.
 *
 * @example
 * ```ts
 * // guided backprop (Springenberg et al. 2015)
 * const guided: Rules = {
 *   relu: {
 *     reads: { output: true },
 *     backward: (dy, { output }) => [tf.mul(tf.relu(dy), tf.step(output!))],
 *   },
 * };
 * ```
 */
export type Rules = Readonly<Record<string, Rule | ((node: Node) => Rule | undefined)>>;

/** The plain gradient everywhere. */
export const PLAIN: Rules = {};

/** The row for a node, or undefined for its plain gradient. */
export function ruleFor(rules: Rules, node: Node): Rule | undefined {
  const row = Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
  return typeof row === "function" ? row(node) : row;
}
