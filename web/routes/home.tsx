/** @jsxImportSource npm:preact@10.29.8 */
/** `/`: the runs. */
import { commandLine } from "../../run/command.ts";
import { modelName } from "../../run/model_name.ts";
import { titleOf } from "../_job_news.ts";
import { MOST_COMPARED } from "../compared.ts";
import { COMPARE, Grid } from "../components/Card.tsx";
import { Count } from "../components/Count.tsx";
import type { Page } from "../components/Document.tsx";
import { FILTERS, Filters, Order } from "../components/Filters.tsx";
import { Island } from "../components/Island.tsx";
import { Pager } from "../components/Pager.tsx";
import type { RunPage } from "../run_list.ts";
import { addressOf, queryOf, type RunQuery, searchOf } from "../run_query.ts";
import { Browse } from "../islands/Browse.tsx";
import { Library } from "../islands/Library.tsx";
import { Tray } from "../islands/Tray.tsx";
import type { Job } from "../jobs.ts";
import { paths, RUNS_SCRIPT, useSite } from "../site.ts";
import { runIn } from "../trash.ts";
import { get } from "./_route.ts";
import { Deleted } from "./keep.tsx";

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
        <>
          <p>Drop a picture anywhere on this page to see what a network says of it, and why.</p>
          <p class="buttons">
            <a class="button primary" href={href("/explain")}>Explain a picture</a>
            <a class="button" href={href("/new")}>Make the first run</a>
          </p>
        </>
      )}
      <p>{writable ? "Or in a terminal:" : "In a terminal:"}</p>
      <pre><code>{commandLine([
        "phosphene", "saliency", "picture.png", ...folder === "runs" ? [] : ["--out", folder],
      ])}</code></pre>
    </section>
  );
}

/** Id of the list as the server, or the export, wrote it. */
const PLAIN = "plain";

/** Runs that are being made. */
function Underway({ jobs }: { jobs: readonly Job[] }) {
  const { href } = useSite();
  return (
    <ul class="underway">
      {jobs.map((job) => (
        <li key={job.id}>
          <a href={href(paths.job(job.id))}>
            <span class={`dot ${job.state}`} aria-hidden="true" />
            {`${titleOf(job)} with ${modelName(job.work.model.id)}, ${job.state}`}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Runs({ found, query, jobs, folder, deleted, version = 0 }: {
  found: RunPage;
  query: RunQuery;
  jobs: readonly Job[];
  folder: string;
  /** The name in the trash of a run that has just been deleted. */
  deleted?: string;
  /** Of the index; a site that no server answers has none. */
  version?: number;
}) {
  const { href, live, writable } = useSite(), { runs, all, page, pages } = found;
  return (
    <>
      <div id="underway" data-swap="whole">{jobs.length > 0 && <Underway jobs={jobs} />}</div>
      <div id="none" data-swap="whole">{all === 0 && <NoRuns folder={folder} />}</div>
      <div id="deleted" data-swap="whole">{deleted && <Deleted name={deleted} />}</div>
      <div class="browse">
        <h1 class={all === 0 ? "hidden" : undefined}>Runs</h1>
        {live && <Filters query={query} facets={found.facets} clear={href("/")} />}
        <div id={PLAIN}>
          <div class="list-head">
            <Count found={found} />
            {live && all > 0 && <Order query={query} />}
          </div>
          <Grid
            runs={runs}
            pick={live}
            search={live ? searchOf(query, page) : ""}
            byPicture={query.byPicture}
          />
          <div id="pages" data-swap="whole">
            <Pager page={page} pages={pages} hrefOf={(n) => href(addressOf(query, n))} />
          </div>
        </div>
        {live
          ? (
            <>
              <form id={COMPARE} class="compare-bar" action={href("/compare")} method="get">
                <button type="submit" class="primary">Compare</button>
              </form>
              <Island of={Browse} props={{ events: href("/events"), form: FILTERS, version }} />
            </>
          )
          : <Island of={Library} props={{ runs: href(RUNS_SCRIPT), plain: PLAIN }} />}
        {writable && all > 0 && (
          <p class="to-trash">
            <a href={href("/trash")}>Deleted runs</a>
          </p>
        )}
        <Island of={Tray} props={{ compare: href("/compare"), most: MOST_COMPARED }} />
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
    let found = index.list(query);
    if (await index.recheck(found.runs.map(({ id }) => id))) found = index.list(query);
    const deleted = url.searchParams.get("deleted") ?? undefined;
    const underway = (jobs?.list() ?? []).filter(({ state }) =>
      state === "queued" || state === "running"
    );
    return indexPage({
      found,
      query,
      jobs: underway,
      folder,
      version: index.version,
      deleted: jobs && deleted && runIn(deleted) ? deleted : undefined,
    });
  }),
];
