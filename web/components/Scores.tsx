/** @jsxImportSource npm:preact@10.29.8 */
/** What metrics say of a run. */
import { metrics } from "../../metrics/mod.ts";
import type { Score } from "../../run/scores.ts";
import { scoreShown } from "../_scores.ts";
import { DIRECTIONS } from "../../metrics/directions.ts";
import { paths, SCORES_PLACE, useSite } from "../site.ts";
import { short } from "./format.ts";
import { ScoreCurves } from "./ScoreCurves.tsx";
import { Section } from "./Section.tsx";

/** What a metric asks, and when it misleads, where it is known here. */
const known = (id: string) => metrics.has(id) ? metrics.get(id) : undefined;

/** @param command What judges the run, where it can be judged. */
export function Scores({ id, scores, command }: {
  readonly id: string;
  readonly scores: readonly Score[];
  readonly command?: string;
}) {
  const { href, writable } = useSite();
  const asks = writable && command && (
    <p class="actions">
      <a class="button" href={href(paths.judge([id]))}>
        {scores.length > 0 ? "Judge it by more" : "Judge it"}
      </a>
    </p>
  );
  if (scores.length === 0) {
    if (!command) return null;
    return (
      <Section title="Scores" id={SCORES_PLACE}>
        <p class="quiet">
          Not judged yet: <code>{command}</code>
        </p>
        {asks}
      </Section>
    );
  }
  const all = scores.map((score) => ({ ...score, shown: scoreShown(score) }));
  return (
    <Section title="Scores" id={SCORES_PLACE}>
      <table class="scores">
        <tbody>
          {all.map(({ metric, shown, better, value, notes }) => (
            <tr key={shown.metric}>
              <th scope="row">
                {shown.title}
                <span class="quiet">{known(metric)?.summary}</span>
                {notes.map((note) => <span class="quiet" key={note}>{note}</span>)}
              </th>
              <td title={DIRECTIONS[better].words}>{short(value)} {DIRECTIONS[better].sign}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">↑ more is better, ↓ less is better.</p>
      {all.filter(({ files, curve }) => files.steps || curve).map(({ metric, shown, files }) => (
        <details key={shown.metric}>
          <summary>{shown.title}, step by step</summary>
          <p class="quiet">{known(metric)?.caution}</p>
          <ScoreCurves scores={[{ score: shown }]} />
          {files.steps && (
            <img
              src={href(paths.file(id, files.steps))}
              alt={`What the network was shown for ${shown.title}`}
              loading="lazy"
            />
          )}
        </details>
      ))}
      {asks}
    </Section>
  );
}
