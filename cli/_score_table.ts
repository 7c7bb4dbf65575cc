/** Scores as a table for people, and as comma-separated values. */
import { signed } from "../metrics/directions.ts";
import { called, optionsText } from "../run/choices.ts";
import type { Metric } from "../run/metric.ts";
import { scoreOptions } from "../run/scores.ts";
import { techniques } from "../techniques/mod.ts";
import { meanOf } from "../core/correlation.ts";
import type { RunScore } from "./_judged_runs.ts";
import { table } from "./_text.ts";

/** Four digits that count, in a width that stays small. */
const short = (value: number): string => {
  const text = value.toPrecision(4);
  return text.includes("e") ? value.toExponential(2) : text;
};

/** The values of a technique by a metric. */
type Values = ReadonlyMap<string, number>;

/** What a run's technique, or a score's metric, is called: with the options that are not the defaults. */
function techniqueOf({ run: { manifest: { technique: { id }, options } } }: RunScore): string {
  const schema = techniques.has(id) ? techniques.get(id).options : undefined;
  return called(id, optionsText(schema, options));
}
const metricOf = ({ score }: RunScore): string => called(score.metric, scoreOptions(score));

/** Technique → metric → mean of its pictures. */
function meansOf(scores: readonly RunScore[]): ReadonlyMap<string, Values> {
  const values = new Map<string, Map<string, number[]>>();
  for (const one of scores) {
    const id = techniqueOf(one), metric = metricOf(one);
    const own = values.get(id) ?? new Map<string, number[]>();
    own.set(metric, [...own.get(metric) ?? [], one.score.value]);
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
function bestOf(
  metric: string,
  better: Metric["better"],
  means: ReadonlyMap<string, Values>,
): number | undefined {
  const all = [...means.values()].flatMap((own) => own.has(metric) ? [own.get(metric)!] : []);
  if (better === "neither" || new Set(all).size < 2) return undefined;
  return better === "higher" ? Math.max(...all) : Math.min(...all);
}

/** A row for each technique and a column for each metric, or, where that is narrower, the other way round. */
export function tableOf(scores: readonly RunScore[]): string {
  const means = meansOf(scores);
  const directions = new Map(scores.map((one) => [metricOf(one), one.score.better]));
  const used = [...directions.keys()];
  const heads = used.map((metric) => signed(metric, directions.get(metric)!));
  const best = new Map(
    [...directions].map(([metric, better]) => [metric, bestOf(metric, better, means)]),
  );
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
  for (const one of scores) {
    for (const note of one.score.notes) {
      notes.set(note, (notes.get(note) ?? new Set()).add(techniqueOf(one)));
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
    techniqueOf({ run: { path, manifest }, score }),
    manifest.target?.label ?? "",
    score.metric,
    String(score.value),
    JSON.stringify(score.options),
    path,
  ]);
  return [["image", "technique", "target", "metric", "value", "options", "run"], ...rows]
    .map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}
