/** `phosphene metrics`: what explanations are judged by. */
import { optionFields } from "../core/options.ts";
import { FAMILIES } from "../metrics/families.ts";
import { metrics } from "../metrics/mod.ts";
import type { AddCommand } from "./_context.ts";
import { table } from "./_text.ts";

const BETTER = { higher: "↑", lower: "↓", neither: " " } as const;

export const addMetrics: AddCommand = (program, context) => {
  program.command("metrics")
    .summary("List the metrics")
    .description(
      "Lists the metrics that `phosphene judge` knows; ↑ more is better, ↓ less is better.",
    )
    .action(() => {
      const all = [...metrics], width = Math.max(...all.map(({ id }) => id.length));
      context.print(
        all.map(({ options, judge: _, ...described }) => ({
          ...described,
          options: optionFields(options),
        })),
        () =>
          [...FAMILIES, [undefined, "Others"] as const].flatMap(([family, heading]) => {
            const rows = all.filter((metric) => metric.family === family).map((
              { id, better, summary },
            ) => [` ${id.padEnd(width)}`, BETTER[better], summary]);
            return rows.length > 0 ? [`${heading}\n${table(rows)}`] : [];
          }).join("\n\n"),
      );
    });
};
