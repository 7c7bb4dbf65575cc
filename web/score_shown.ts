/** What pages show of a score. */
import type { Score } from "../run/scores.ts";

/** A score without what no page shows; metric and title with the options that are not the defaults. */
export type ScoreShown = Pick<Score, "metric" | "title" | "better" | "value" | "curve" | "axes">;

/** Which way is better, as a sign with words for who hears it. */
export const DIRECTIONS = {
  higher: { sign: "↑", words: "more is better" },
  lower: { sign: "↓", words: "less is better" },
  neither: { sign: "", words: "neither more nor less is better" },
} as const;
