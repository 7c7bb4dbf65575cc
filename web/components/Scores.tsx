/** @jsxImportSource npm:preact@10.29.8 */
/** What metrics say of a run. */
import { metrics } from "../../metrics/mod.ts";
import type { Score } from "../../run/scores.ts";
import { DIRECTIONS } from "../score_shown.ts";
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
  const looked = scores.filter(({ files, curve }) => files.steps || curve);
  return (
    <Section title="Scores" id={SCORES_PLACE}>
      <table class="scores">
        <tbody>
          {scores.map(({ metric, title, better, value, notes }) => (
            <tr key={metric}>
              <th scope="row">
                {title}
                <span class="quiet">{known(metric)?.summary}</span>
                {notes.map((note) => <span class="quiet" key={note}>{note}</span>)}
              </th>
              <td title={DIRECTIONS[better].words}>{short(value)} {DIRECTIONS[better].sign}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">↑ more is better, ↓ less is better.</p>
      {looked.map((score) => (
        <details key={score.metric}>
          <summary>{score.title}, step by step</summary>
          <p class="quiet">{known(score.metric)?.caution}</p>
          <ScoreCurves scores={[{ score }]} />
          {score.files.steps && (
            <img
              src={href(paths.file(id, score.files.steps))}
              alt={`What the network was shown for ${score.title}`}
              loading="lazy"
            />
          )}
        </details>
      ))}
      {asks}
    </Section>
  );
}
