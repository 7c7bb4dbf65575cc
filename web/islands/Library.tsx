/** @jsxImportSource npm:preact@10.29.8 */
/** Searches, narrows and orders the runs of a site of files, which no server answers for. */
import { useEffect, useMemo, useRef, useState } from "../../deps/preact_hooks.ts";
import { Grid } from "../components/Card.tsx";
import { Count } from "../components/Count.tsx";
import { Filters, Order } from "../components/Filters.tsx";
import { Pager } from "../components/Pager.tsx";
import { type ExportedRun, exportedRuns } from "../exported.ts";
import { listRuns } from "../run_list.ts";
import { queryOf, searchOf } from "../run_query.ts";
import { paths, SiteContext } from "../site.ts";

/** Between the last key pressed in the search and the search, in ms. */
const TYPING_MS = 120;

const fragmentOf = (search: string) => `#${search.slice(1)}`;
const asked = () => queryOf(new URLSearchParams(location.hash.slice(1)));

/** Leads to runs by the addresses that they have in this site. */
function siteOf(runs: readonly ExportedRun[]) {
  const addresses = new Map(
    runs.flatMap(({ entry: { id }, href, thumbnail }) => [
      [paths.run(id), href],
      [paths.thumbnail(id), thumbnail],
    ]),
  );
  return { href: (path: string) => addresses.get(path) ?? path, writable: false, live: false };
}

export function Library({ runs: address, plain }: {
  /** Of the script with the runs. */
  runs: string;
  /** Id of the list that is there without scripts; this takes its place. */
  plain: string;
}) {
  const [runs, setRuns] = useState<readonly ExportedRun[]>();
  const [query, setQuery] = useState(() => queryOf(new URLSearchParams()));
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    const read = () => setQuery(asked());
    read();
    addEventListener("hashchange", read);
    // without them, the plain list stays
    exportedRuns(address).then((runs) => {
      document.getElementById(plain)?.remove();
      setRuns(runs);
    }, () => {});
    return () => removeEventListener("hashchange", read);
  }, []);
  const found = useMemo(() => runs && listRuns(runs, query), [runs, query]);
  const site = useMemo(() => siteOf(runs ?? []), [runs]);
  if (!found) return null;

  const ask = (form: HTMLFormElement) => {
    const params = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value.trim()) params.set(name, value.trim());
    }
    location.hash = fragmentOf(searchOf(queryOf(params)));
  };
  const changed = (event: Event) => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const { form } = target;
    if (!form || target.type === "checkbox") return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(form), target.type === "search" ? TYPING_MS : 0);
  };
  return (
    <SiteContext.Provider value={site}>
      <div
        onInput={changed}
        onSubmit={(event) => {
          event.preventDefault();
          if (event.target instanceof HTMLFormElement) ask(event.target);
        }}
      >
        <Filters query={query} facets={found.facets} clear="#" />
        <div class="list-head">
          <Count found={found} />
          <Order query={query} />
        </div>
        <Grid runs={found.runs} pick byPicture={query.byPicture} />
        <Pager
          page={found.page}
          pages={found.pages}
          hrefOf={(page) => fragmentOf(searchOf(query, page)) || "#"}
        />
      </div>
    </SiteContext.Provider>
  );
}
Library.displayName = "Library";
