/** @jsxImportSource npm:preact@10.29.8 */
/** `/`: the runs. */
import { commandLine } from "../../run/command.ts";
import { techniques } from "../../techniques/mod.ts";
import { Grid } from "../components/Card.tsx";
import type { Page } from "../components/Document.tsx";
import { FILTERS, Filters } from "../components/Filters.tsx";
import { plural } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { Pager } from "../components/Pager.tsx";
import { FACETS, type RunPage, type RunQuery } from "../run_index.ts";
import { Browse } from "../islands/Browse.tsx";
import type { Job } from "../jobs.ts";
import { paths, useSite } from "../site.ts";
import { get } from "./_route.ts";
import { MOST_COMPARED } from "./compare.tsx";

const COMPARE = "compare";

/** The query that an address asks for. */
export function queryOf(params: URLSearchParams): RunQuery {
  const text = (name: string) => params.get(name)?.slice(0, 1000) || undefined;
  const day = (name: string) => {
    const value = text(name);
    return value && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
  };
  return {
    text: text("q"),
    ...Object.fromEntries(FACETS.map((facet) => [facet, text(facet)])),
    from: day("from"),
    to: day("to"),
    page: Number(text("page") ?? 1),
  };
}

/** The address of a query's page. */
export function addressOf(query: RunQuery, page: number): string {
  const { text, from, to } = query, params = new URLSearchParams();
  const named = { q: text, ...Object.fromEntries(FACETS.map((f) => [f, query[f]])), from, to };
  for (const [name, value] of Object.entries(named)) if (value) params.set(name, value);
  if (page > 1) params.set("page", String(page));
  return params.size ? `/?${params}` : "/";
}

function NoRuns({ folder }: { folder: string }) {
  const { href, writable } = useSite();
  return (
    <section class="empty">
      <img src={href("/static/logo.svg")} width={72} height={72} alt="" />
      <h1>No runs yet</h1>
      <p>
        A run is one technique at work on one network: its pictures, its numbers, and how they were
        made.
      </p>
      {writable && (
        <p>
          <a class="button primary" href={href("/new")}>Make the first run</a>
        </p>
      )}
      <p>{writable ? "Or in a terminal:" : "In a terminal:"}</p>
      <pre><code>{commandLine([
        "phosphene", "saliency", "picture.png", ...folder === "runs" ? [] : ["--out", folder],
      ])}</code></pre>
    </section>
  );
}

const titleOf = (id: string) => techniques.has(id) ? techniques.get(id).title : id;

/** Runs that are being made. */
function Underway({ jobs }: { jobs: readonly Job[] }) {
  const { href } = useSite();
  return (
    <ul class="underway">
      {jobs.map(({ id, state, work }) => (
        <li key={id}>
          <a href={href(paths.job(id))}>
            <span class={`dot ${state}`} aria-hidden="true" />
            {`${titleOf(work.technique)} with ${work.model.id}, ${state}`}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Runs({ found, query, jobs, folder }: {
  found: RunPage;
  query: RunQuery;
  jobs: readonly Job[];
  folder: string;
}) {
  const { href, live } = useSite(), { runs, total, all, page, pages } = found;
  const first = (page - 1) * 24 + 1;
  return (
    <>
      <div id="underway" data-swap="whole">{jobs.length > 0 && <Underway jobs={jobs} />}</div>
      <div id="none" data-swap="whole">{all === 0 && <NoRuns folder={folder} />}</div>
      <div class="browse">
        <h1 class={all === 0 ? "hidden" : undefined}>Runs</h1>
        {live && <Filters query={query} facets={found.facets} />}
        <p id="count" role="status" data-swap="whole">
          {total === 0
            ? all > 0 ? "No run matches. Clear the filters to see all." : ""
            : `${first}–${first + runs.length - 1} of ${plural(total, "run")}`}
        </p>
        <Grid runs={runs} pick={live ? COMPARE : undefined} />
        <div id="pages" data-swap="whole">
          <Pager page={page} pages={pages} hrefOf={(n) => href(addressOf(query, n))} />
        </div>
        {live && (
          <>
            <form id={COMPARE} class="compare-bar" action={href("/compare")} method="get">
              <button type="submit" class="primary">Compare</button>
            </form>
            <Island
              of={Browse}
              props={{
                events: href("/events"),
                form: FILTERS,
                compare: COMPARE,
                most: MOST_COMPARED,
              }}
            />
          </>
        )}
      </div>
    </>
  );
}

/** The page of a query. */
export function indexPage(props: Parameters<typeof Runs>[0]): Page {
  return { title: "Runs", section: "runs", body: <Runs {...props} /> };
}

export const indexRoutes = [
  get("/", async ({ gallery, url }) => {
    const { index, jobs, folder } = gallery, query = queryOf(url.searchParams);
    await index.refreshIfChanged();
    const underway = (jobs?.list() ?? []).filter(({ state }) =>
      state === "queued" || state === "running"
    );
    return indexPage({ found: index.list(query), query, jobs: underway, folder });
  }),
];
