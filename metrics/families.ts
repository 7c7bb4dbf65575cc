/** What each family of metrics asks of an explanation. */
import type { MetricFamily } from "../run/metric.ts";

/** The families in the order in which they are asked, each with its question. */
export const FAMILIES: readonly (readonly [MetricFamily, string])[] = [
  ["faithfulness", "Does the network use what the map shows?"],
  ["robustness", "Does the map stay where nothing happened?"],
  ["localization", "Does it lie on the thing?"],
  ["complexity", "Can it be taken in?"],
  ["randomization", "Does it depend on what was learnt, and on the class?"],
  ["axioms", "Does it keep its promises?"],
];
