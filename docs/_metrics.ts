/** The page of the metrics: what each asks, how, and when it misleads. */
import { optionFields, taken } from "../core/options.ts";
import { directionOf } from "../metrics/directions.ts";
import { byFamily } from "../metrics/families.ts";
import { metrics } from "../metrics/mod.ts";
import type { Metric } from "../run/metric.ts";
import { code, fence, NOTE, table } from "./_markdown.ts";

function sectionOf(metric: Metric): string[] {
  const { id, title, summary, caution, paper, options } = metric;
  const fields = optionFields(options);
  return [
    `### ${title}`,
    `${code(id)}: ${summary[0].toLowerCase()}${summary.slice(1)}. ${directionOf(metric)}`,
    fence("text", paper.equation),
    `[${paper.citation}](${paper.url})`,
    `**When it misleads:** ${caution}`,
    ...(fields.length > 0
      ? [table(
        ["option", "default", "takes", "meaning"],
        fields.map((field) => [
          code(field.name),
          field.default === undefined ? "" : code(`${field.default}`),
          field.choices ? field.choices.map(code).join(", ") : taken(field),
          field.description,
        ]),
      )]
      : []),
  ];
}

/** The page, from the registry. */
export const metricsPage = (): string =>
  [
    NOTE,
    "# Metrics",
    "What explanations are judged by, with `phosphene judge`, `phosphene leaderboard`, or in a script " +
    "`judge(run, metric, options)`. No metric says that a map is true: each asks one question, and each " +
    "can be fooled. [Judging explanations](../how-to/judge.md) shows how they are used; a metric of " +
    "your own is a plugin (`phosphene new metric NAME`).",
    fence(
      "sh",
      'deno task phosphene judge cat.png --metrics "deletion(steps=50, baseline=blur), road"',
    ),
    "Where a metric puts pixels in order, it takes the map before anything of it was clipped for the " +
    "eye: of a signed attribution the sum over a pixel's channels, otherwise the map of 0..1. Equal " +
    "pixels come in the order of the picture. Where the picture is shown times its map, a signed map " +
    "counts where it speaks for the class, by its largest value. Of a map that says nothing, or whose " +
    "numbers are none, a metric says a number and, in a note, what is wrong.",
    "What others call the same, and how to have their numbers: " +
    "[the same metrics elsewhere](metrics-elsewhere.md).",
    ...byFamily(metrics).flatMap((
      [heading, some],
    ) => [`## ${heading}`, ...some.flatMap(sectionOf)]),
  ].join("\n\n") + "\n";
