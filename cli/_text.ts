/** Numbers and tables for people. */
import type { ManifestPrediction } from "../run/manifest.ts";
import { oneLine } from "../core/plain.ts";
import { certainty, percent, score } from "../core/text.ts";

export { percent, score };

/** A class as a run names it: `cat (1), probability 99.87 %`, `cat − dog, score 2.310`. */
export function likely(
  { label, index, plain = true, ...said }: ManifestPrediction & { readonly plain?: boolean },
): string {
  const name = !plain
    ? oneLine(label)
    : label === `class ${index}`
    ? index
    : `${oneLine(label)} (${index})`;
  const kind = said.probability === undefined ? "" : "probability ";
  return `${name}, ${kind}${certainty(said)}`;
}

/** Lays out rows in columns; `right` says which are numbers. Cells of the last column may be long. */
export function table(
  cells: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const rows = cells.map((row) => row.map((cell) => oneLine(cell))); // a label may be anything
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length));
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
        .join("  ").trimEnd()
    )
    .join("\n");
}

/** `25,557,032` */
export const thousands = (n: number): string => n.toLocaleString("en-US");

/** `4.09 G`; three digits that count. */
export function scaled(n: number): string {
  const units = ["", " k", " M", " G", " T"];
  let unit = 0;
  for (; n >= 999.5 && unit < units.length - 1; unit++) n /= 1000;
  return `${unit === 0 ? n : n.toPrecision(3)}${units[unit]}`;
}

/** `12.3 MB` */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
