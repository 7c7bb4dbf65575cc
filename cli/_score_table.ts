/** Scores as a table for people, and as comma-separated values. */
import { metrics } from "../metrics/mod.ts";
import { meanOf } from "../core/correlation.ts";
import type { RunScore } from "./_judged_runs.ts";
import { table } from "./_text.ts";

const ARROWS = { higher: "↑", lower: "↓", neither: "" } as const;

/** Four digits that count, in a width that stays small. */
const short = (value: number): string => {
  const text = value.toPrecision(4);
  return text.includes("e") ? value.toExponential(2) : text;
};

/** The values of a technique by a metric. */
type Values = ReadonlyMap<string, number>;

/** Technique → metric → mean of its pictures. */
function meansOf(scores: readonly RunScore[]): ReadonlyMap<string, Values> {
  const values = new Map<string, Map<string, number[]>>();
  for (const { run: { manifest: { technique: { id } } }, score: { metric, value } } of scores) {
    const own = values.get(id) ?? new Map<string, number[]>();
    own.set(metric, [...own.get(metric) ?? [], value]);
    values.set(id, own);
  }
  return new Map(
    [...values].map(([id, own]) => [
      id,
      new Map([...own].map(([metric, all]) => [metric, meanOf(all)])),
    ]),
  );
}

/** The best value by a metric, where one is better than another. */
function bestOf(metric: string, means: ReadonlyMap<string, Values>): number | undefined {
  const { better } = metrics.get(metric);
  const all = [...means.values()].flatMap((own) => own.has(metric) ? [own.get(metric)!] : []);
  if (better === "neither" || new Set(all).size < 2) return undefined;
  return better === "higher" ? Math.max(...all) : Math.min(...all);
}

/** A row for each technique and a column for each metric, or, where that is narrower, the other way round. */
export function tableOf(scores: readonly RunScore[]): string {
  const means = meansOf(scores);
  const used = [...new Set(scores.map(({ score: { metric } }) => metric))];
  const heads = used.map((metric) => `${metric} ${ARROWS[metrics.get(metric).better]}`.trim());
  const best = new Map(used.map((metric) => [metric, bestOf(metric, means)]));
  const cell = (technique: string, metric: string) => {
    const value = means.get(technique)!.get(metric);
    if (value === undefined) return "–";
    return `${value === best.get(metric) ? "*" : ""}${short(value)}`;
  };
  const ids = [...means.keys()],
    numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const lines = ids.length >= used.length
    ? table([
      ["", ...heads],
      ...ids.map((id) => [id, ...used.map((metric) => cell(id, metric))]),
    ], numbers(used.length))
    : table([
      ["", ...ids],
      ...used.map((metric, i) => [heads[i], ...ids.map((id) => cell(id, metric))]),
    ], numbers(ids.length));
  const pictures = new Set(scores.map(({ run }) => run.manifest.image?.sha256)).size;
  const notes = new Map<string, Set<string>>();
  for (const { run, score } of scores) {
    for (const note of score.notes) {
      notes.set(note, (notes.get(note) ?? new Set()).add(run.manifest.technique.id));
    }
  }
  return [
    lines,
    "",
    ...(pictures > 1 ? [`means of ${pictures} pictures`] : []),
    ...([...best.values()].some((value) => value !== undefined)
      ? ["↑ more is better, ↓ less is better, * the best of the column or row"]
      : ["↑ more is better, ↓ less is better"]),
    ...[...notes].map(([note, of]) => `note: ${[...of].join(", ")}: ${note}`),
  ].join("\n");
}

const quoted = (text: string) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A line for each score, under a line of names. */
export function csvOf(scores: readonly RunScore[]): string {
  const rows = scores.map(({ run: { path, manifest }, score }) => [
    manifest.image?.name ?? "",
    manifest.technique.id,
    manifest.target?.label ?? "",
    score.metric,
    String(score.value),
    JSON.stringify(score.options),
    path,
  ]);
  return [["image", "technique", "target", "metric", "value", "options", "run"], ...rows]
    .map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}
