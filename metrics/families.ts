/** What each family of metrics asks of an explanation. */
import type { Metric, MetricFamily } from "../run/metric.ts";

/** The families in the order in which they are asked, each with its question. */
export const FAMILIES: readonly (readonly [MetricFamily, string])[] = [
  ["faithfulness", "Does the network use what the map shows?"],
  ["robustness", "Does the map stay where nothing happened?"],
  ["localization", "Does it lie on the thing?"],
  ["complexity", "Can it be taken in?"],
  ["randomization", "Does it depend on what was learnt, and on the class?"],
  ["axioms", "Does it keep its promises?"],
];

/** What those of no family that is known are listed under. */
const OTHERS = "Others";

/** Metrics under what they ask, in the families' order; those of no family last. */
export function byFamily(metrics: Iterable<Metric>): [heading: string, metrics: Metric[]][] {
  const questions = new Map<string | undefined, string>(FAMILIES);
  const groups = new Map<string, Metric[]>([...questions.values(), OTHERS].map((q) => [q, []]));
  for (const metric of metrics) groups.get(questions.get(metric.family) ?? OTHERS)!.push(metric);
  return [...groups].filter(([, group]) => group.length > 0);
}
