/** Which values of a metric are better, as a sign and in words. */
import type { Metric } from "../run/metric.ts";

export const DIRECTIONS = {
  higher: { sign: "↑", words: "more is better" },
  lower: { sign: "↓", words: "less is better" },
  neither: { sign: "", words: "neither more nor less is better" },
} as const satisfies Readonly<Record<Metric["better"], unknown>>;

/** A metric's name with its sign: `deletion ↓`. */
export const signed = (name: string, better: Metric["better"]): string =>
  `${name} ${DIRECTIONS[better].sign}`.trimEnd();

/** In sentences: `More is better. It needs a mask.` */
export function directionOf({ better, needs }: Pick<Metric, "better" | "needs">): string {
  const { words } = DIRECTIONS[better];
  return `${words[0].toUpperCase()}${words.slice(1)}.${needs ? ` It needs a ${needs}.` : ""}`;
}
