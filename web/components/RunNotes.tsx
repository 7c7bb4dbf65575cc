/** @jsxImportSource npm:preact@10.29.8 */
/** A note and tags beside a run. */
import { addressOf, searchOf } from "../run_query.ts";
import { paths, useSite } from "../site.ts";
import type { Given } from "./RunActions.tsx";
import { Section } from "./Section.tsx";

/** What is written beside the run, and where it can be. */
export function RunNotes({ id, notes: { note, tags }, query }: Given) {
  const { href, writable, live } = useSite();
  if (!writable) {
    return note || tags.length > 0
      ? (
        <Section title="Notes">
          {note && <p class="note">{note}</p>}
          <ul class="tags">
            {tags.map((tag) => (
              <li key={tag}>
                {live
                  ? <a class="tag" href={href(addressOf({ tag }))}>{tag}</a>
                  : <span class="tag">{tag}</span>}
              </li>
            ))}
          </ul>
        </Section>
      )
      : null;
  }
  return (
    <section id="notes">
      <h2>Notes</h2>
      <form class="notes" action={href(paths.notes(id)) + searchOf(query)} method="post">
        <label>
          <span>Note</span>
          <textarea name="note" rows={Math.min(12, note.split("\n").length + 1)} maxLength={20_000}>
            {note}
          </textarea>
        </label>
        <label>
          <span>Tags, separated by commas</span>
          <input name="tags" value={tags.join(", ")} autocomplete="off" maxLength={1000} />
        </label>
        <button type="submit">Keep</button>
        {tags.length > 0 && (
          <ul class="tags">
            {tags.map((tag) => (
              <li key={tag}>
                <a class="tag" href={href(addressOf({ tag }))}>{tag}</a>
              </li>
            ))}
          </ul>
        )}
      </form>
    </section>
  );
}
