/** Which steps of a plan are gone back through, and by which rules. */
import { op } from "../ops/mod.ts";
import type { Plan } from "../executor.ts";
import type { Step } from "../plan.ts";
import { ruleFor } from "../rules.ts";
import type { Node } from "../graph.ts";

/** The names of the rules that executors know, both of what rectifies; nameless: the plain one. */
const KNOWN = ["guided", "deconvnet"] as const;

/** A rule, by its name; undefined for an op's plain gradient. */
export type RuleName = typeof KNOWN[number] | undefined;

/** The rules of one step: its op's and its fused activation's. */
export interface Way {
  readonly rule: RuleName;
  readonly activation: RuleName;
}

/** Values at which a gradient is of use, and the steps between. */
export function reached({ steps, to }: Plan): ReadonlySet<Step> {
  const values = new Set(to.values());
  return new Set(steps.filter(({ node, output }) => {
    if (!node.inputs.some((input) => values.has(input))) return false;
    values.add(output);
    return true;
  }));
}

const known = (plan: Plan, node: Node | undefined): RuleName | "unknown" => {
  const rule = node && ruleFor(plan.rules, node);
  if (!rule) return undefined;
  const name = KNOWN.find((name) => name === rule.name);
  return name && op(node.op).traits.rectifies ? name : "unknown";
};

/** The steps that are gone back through, and how; undefined where a rule is not known here. */
export function waysBack(plan: Plan): ReadonlyMap<Step, Way> | undefined {
  const ways = new Map<Step, Way>();
  for (const step of reached(plan)) {
    const rule = known(plan, step.node), activation = known(plan, step.activationNode);
    if (rule === "unknown" || activation === "unknown") return undefined;
    ways.set(step, { rule, activation });
  }
  return ways;
}
