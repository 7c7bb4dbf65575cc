/** What metrics have said of a run, as the gallery believes it. */
import { readScores, type Score, SCORES } from "../run/scores.ts";
import { statPlain } from "./_manifest.ts";

/** The scores of a run's folder; none where it was not judged, or where they cannot be believed. */
export async function scoresIn(folder: string): Promise<readonly Score[]> {
  if (!await statPlain(folder, "folder") || !await statPlain(`${folder}/${SCORES}`)) return [];
  return (await readScores(folder)).scores ?? [];
}
