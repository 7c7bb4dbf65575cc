/** `phosphene metrics`: what explanations are judged by. */
import { optionFields, taken } from "../core/options.ts";
import { directionOf, DIRECTIONS } from "../metrics/directions.ts";
import { byFamily } from "../metrics/families.ts";
import { metrics } from "../metrics/mod.ts";
import type { Metric } from "../run/metric.ts";
import type { AddCommand } from "./_context.ts";
import { describe } from "./_describe.ts";
import { spoken } from "./_say.ts";
import { table } from "./_text.ts";

/** The metrics by what they ask, a line each. */
function listed(all: readonly Metric[]): string {
  const width = Math.max(...all.map(({ id }) => id.length));
  const row = (
    { id, better, summary }: Metric,
  ) => [` ${id.padEnd(width)}`, DIRECTIONS[better].sign, summary];
  return byFamily(all).map(([heading, some]) => `${heading}\n${table(some.map(row))}`).join("\n\n");
}

/** One metric, and how it is asked. */
function described(metric: Metric): string {
  const { id, options } = metric, fields = optionFields(options);
  const rows = fields.map((field) => [
    `  ${field.name}`,
    field.choices ? field.choices.join(", ") : taken(field),
    field.default === undefined ? "" : `default ${field.default}`,
    spoken(field.description),
  ]);
  return [
    describe(metric),
    directionOf(metric),
    ...rows.length > 0
      ? [`Options, as in --metrics "${id}(${fields[0].name}=…)":\n${table(rows)}`]
      : [],
  ].join("\n\n");
}

export const addMetrics: AddCommand = (program, context) => {
  const command = program.command("metrics")
    .summary("List the metrics, or describe some")
    .description(
      "Lists the metrics that `phosphene judge` knows: ↑ more is better, ↓ less is better. Describes those " +
        "that are named: what they ask, by which formula, when they mislead, and their options.",
    )
    .argument("[metric...]", "metrics to describe");
  command.action(() => {
    const named = command.args.map((id) => metrics.get(id));
    const all = named.length > 0 ? named : [...metrics];
    context.print(
      all.map(({ options, judge: _, ...described }) => ({
        ...described,
        options: optionFields(options),
      })),
      () => named.length > 0 ? named.map(described).join("\n\n\n") : listed(all),
    );
  });
};
