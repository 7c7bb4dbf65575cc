/** @jsxImportSource npm:preact@10.29.8 */
/** What metrics say of several runs: a table, and a chart for each metric that has curves. */
import type { Compared } from "../compared.ts";
import { DIRECTIONS, signed } from "../../metrics/directions.ts";
import type { ScoreShown } from "../score_shown.ts";
import { short } from "./format.ts";
import { ScoreCurves } from "./ScoreCurves.tsx";

/** The best of some values; undefined where they are all the same, or none is better. */
function bestOf(scores: readonly (ScoreShown | undefined)[]): number | undefined {
  const known = scores.filter((score) => score !== undefined);
  const values = known.map(({ value }) => value);
  if (new Set(values).size < 2 || known[0].better === "neither") return undefined;
  return known[0].better === "higher" ? Math.max(...values) : Math.min(...values);
}

/** Nothing where no run was judged. */
export function ScoreTable({ runs }: { runs: readonly Compared[] }) {
  const used = new Map(
    runs.flatMap(({ scores }) => scores.map((score) => [score.metric, score] as const)),
  );
  if (used.size === 0) return null;
  const rows = [...used.values()].map((one) => {
    const scores = runs.map(({ scores }) => scores.find(({ metric }) => metric === one.metric));
    return { ...one, scores, best: bestOf(scores) };
  });
  const nameOf = (i: number) => `${i + 1} ${runs[i].short}`;
  return (
    <>
      <div class="scroll" tabIndex={0} role="group" aria-label="Scores">
        <table class="scores">
          <caption>Scores: ↑ more is better, ↓ less is better, the best of each in bold</caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              {runs.map(({ id }, i) => <th scope="col" key={id}>{nameOf(i)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ metric, title, better, scores, best }) => (
              <tr key={metric}>
                <th scope="row" title={DIRECTIONS[better].words}>
                  {signed(title, better)}
                </th>
                {scores.map((score, i) => (
                  <td key={i}>
                    {score === undefined
                      ? <span class="quiet">not judged</span>
                      : score.value === best
                      ? <strong>{short(score.value)}</strong>
                      : short(score.value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="curves">
        {rows.map(({ metric, scores }) => (
          <ScoreCurves
            key={metric}
            scores={scores.flatMap((score, i) => score ? [{ name: nameOf(i), score }] : [])}
          />
        ))}
      </div>
    </>
  );
}
