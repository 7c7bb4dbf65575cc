/** What pages show of a score. */
import type { Score } from "../run/scores.ts";

/** A score without what no page shows; metric and title with the options that are not the defaults. */
export type ScoreShown = Pick<Score, "metric" | "title" | "better" | "value" | "curve" | "axes">;
