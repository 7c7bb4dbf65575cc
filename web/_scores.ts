/** What metrics have said of a run, as the gallery believes it. */
import { called } from "../run/choices.ts";
import { readScores, type Score, scoreOptions, SCORES, titleOf } from "../run/scores.ts";
import { statPlain } from "./_manifest.ts";
import type { ScoreShown } from "./score_shown.ts";

/** The scores of a run's folder; none where it was not judged, or where they cannot be believed. */
export async function scoresIn(folder: string): Promise<readonly Score[]> {
  if (!await statPlain(folder, "folder") || !await statPlain(`${folder}/${SCORES}`)) return [];
  return (await readScores(folder)).scores ?? [];
}

/** A score as pages show it. */
export function scoreShown(score: Score): ScoreShown {
  const { metric, better, value, curve, axes } = score;
  return {
    metric: called(metric, scoreOptions(score)),
    title: titleOf(score),
    ...{ better, value },
    ...(curve && { curve }),
    ...(axes && { axes }),
  };
}
