/** What plugs in, described for people. */
import type { Metric } from "../run/metric.ts";
import type { Technique } from "../run/technique.ts";

/** What it does, by which formula, and when it misleads. */
export const describe = ({ title, summary, caution, paper }: Technique | Metric): string =>
  [
    `${title}: ${summary[0].toLowerCase()}${summary.slice(1)}.`,
    `${paper.equation}\n${paper.citation}\n${paper.url}`,
    `Caution: ${caution}`,
  ].join("\n\n");
