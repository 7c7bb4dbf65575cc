/** How numbers, times and runs read. */
import { percent } from "../../core/text.ts";
import type { RunEntry } from "../run_query.ts";

const dates = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const times = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** `5 Nov 2026` */
export const date = (iso: string): string => dates.format(new Date(iso));

/** `5 Nov 2026, 14:03 UTC` */
export const dateTime = (iso: string): string => `${date(iso)}, ${times.format(new Date(iso))} UTC`;

export { percent };

/** `99.87 %`, or nothing where there is no probability. */
export const certainty = (probability: number | undefined): string =>
  probability === undefined ? "" : percent(probability);

/** Four digits at most: `0.1235`, `12.35`, `1.2e-7`. */
export function short(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return "not finite";
  const size = Math.abs(n);
  if (n !== 0 && (size < 1e-3 || size >= 1e5)) return n.toExponential(2);
  return String(Number(n.toPrecision(4)));
}

/** `1.2 s`, `340 ms`, `2 min 5 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round(ms % 60_000 / 1000)} s`;
}

/** `1.2 MB` */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

/** `1.23 G`, `45 k`: a large count. */
export function count(n: number): string {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (n >= size) return `${Number((n / size).toPrecision(3))} ${unit}`;
  }
  return String(n);
}

/** `3 runs` */
export const plural = (n: number, noun: string): string =>
  `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

/** `224 × 224 × 3` */
export const shape = (sizes: readonly number[]): string => sizes.join(" × ");

/** What a run's picture shows, for whoever does not see it. */
export function describe(run: RunEntry): string {
  const parts = [run.technique.title];
  if (run.image) parts.push(`of ${run.image}`);
  if (run.class) parts.push(`for the class ${run.class}`);
  if (run.layer) parts.push(`at ${run.layer}`);
  if (run.channel !== undefined) parts.push(`channel ${run.channel}`);
  return parts.join(" ");
}
