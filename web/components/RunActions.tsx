/** @jsxImportSource npm:preact@10.29.8 */
/** What can be done with a run, and the way to those beside it. */
import type { Manifest } from "../../run/manifest.ts";
import { techniques } from "../../techniques/mod.ts";
import type { Notes } from "../notes.ts";
import { PAGE_SIZE, type Place } from "../run_list.ts";
import { addressOf, type RunQuery, searchOf } from "../run_query.ts";
import { paths, useSite } from "../site.ts";
import { plural } from "./format.ts";

/** A run's page, and the list that it was found in. */
export interface Given {
  readonly id: string;
  readonly manifest: Manifest;
  readonly notes: Notes;
  readonly query: RunQuery;
  readonly place?: Place;
}

/** Leads to the runs beside this one, as they are listed. */
export function Neighbours({ query, place: { previous, next, at, total } }: {
  query: RunQuery;
  place: Place;
}) {
  const { href, live } = useSite(), search = live ? searchOf(query) : "";
  const page = Math.ceil(at / PAGE_SIZE);
  return (
    <nav class="neighbours" aria-label="Runs beside this one">
      {previous && <a rel="prev" href={href(paths.run(previous)) + search}>← Previous</a>}
      <a href={href(live ? addressOf(query, page) : addressOf({}, page))}>
        {`${at.toLocaleString("en")} of ${plural(total, "run")}`}
      </a>
      {next && <a rel="next" href={href(paths.run(next)) + search}>Next →</a>}
    </nav>
  );
}

/** What can be done with a run. */
export function Actions({ id, manifest: { technique, target, image }, query }: Given) {
  const { href, writable } = useSite(), search = searchOf(query);
  const known = techniques.has(technique.id) ? techniques.get(technique.id) : undefined;
  const title = `${known?.short ?? technique.title}${target ? `, ${target.label}` : ""}`;
  return (
    <div class="actions">
      {writable && known && (
        <a class="button" href={href(`${paths.make(technique.id)}?run=${encodeURIComponent(id)}`)}>
          Change and run again
        </a>
      )}
      {writable && image?.file && (
        <a class="button" href={href(`/explain?run=${encodeURIComponent(id)}`)}>
          Explain its picture
        </a>
      )}
      <label class="button scripted">
        <input type="checkbox" name="run" value={id} data-title={title} /> Choose to compare
      </label>
      {writable && (
        <form action={href(paths.delete(id)) + search} method="post">
          <button type="submit">Delete</button>
        </form>
      )}
    </div>
  );
}
