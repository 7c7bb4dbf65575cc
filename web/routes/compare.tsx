/** @jsxImportSource npm:preact@10.29.8 */
/** `/compare?run=…&run=…`: runs side by side. */
import { stopsOf } from "../../image/render.ts";
import { comparedOf } from "../_compared.ts";
import { readManifest } from "../_manifest.ts";
import { scoresIn } from "../_scores.ts";
import { type Compared, MOST_COMPARED } from "../compared.ts";
import type { Page } from "../components/Document.tsx";
import { Island } from "../components/Island.tsx";
import { Compare } from "../islands/Compare.tsx";
import { CompareChosen } from "../islands/CompareChosen.tsx";
import { Tray } from "../islands/Tray.tsx";
import { liveSite, paths, RUNS_SCRIPT, useSite } from "../site.ts";
import { get } from "./_route.ts";

function CompareView({ runs, left, diverging }: {
  runs: readonly Compared[];
  left: number;
  diverging: readonly string[];
}) {
  const { href, writable } = useSite();
  if (runs.length === 0) {
    return (
      <>
        <section class="notice">
          <h1>Nothing to compare</h1>
          <p>
            Tick the boxes on the pictures of two to six runs, then press Compare.{" "}
            <a href={href("/")}>Back to the runs</a>
          </p>
        </section>
        <Island of={Tray} props={{ compare: href("/compare"), most: MOST_COMPARED }} />
      </>
    );
  }
  return (
    <>
      <h1>Compare</h1>
      {left > 0 && (
        <p class="quiet">
          {`${left} more could not be shown: missing, damaged, or beyond the first six.`}
        </p>
      )}
      <Island of={Compare} props={{ runs, diverging }} />
      {writable && (
        <p class="actions">
          <a class="button" href={href(paths.judge(runs.map(({ id }) => id)))}>Judge them</a>
        </p>
      )}
    </>
  );
}

/** The page that compares in a site of files: its address's fragment says what. */
export const comparedPage = async (): Promise<Page> => ({
  title: "Compare",
  section: "runs",
  body: <Chosen diverging={await stopsOf("diverging")} />,
});

function Chosen({ diverging }: { diverging: readonly string[] }) {
  const { href } = useSite();
  return (
    <>
      <h1>Compare</h1>
      <noscript>
        <p>Runs are compared by a script, and scripts are switched off.</p>
      </noscript>
      <Island
        of={CompareChosen}
        props={{ runs: href(RUNS_SCRIPT), diverging, most: MOST_COMPARED }}
      />
    </>
  );
}

export const compareRoutes = [
  get("/compare", async ({ gallery, url }) => {
    const { index, folder } = gallery;
    const wanted = [...new Set(url.searchParams.getAll("run"))].slice(0, 100);
    const runs: Compared[] = [];
    for (const id of wanted) {
      if (runs.length === MOST_COMPARED) break;
      const found = index.has(id) ? await readManifest(`${folder}/${id}`) : undefined;
      const scores = found ? await scoresIn(`${folder}/${id}`) : [];
      const run = found?.manifest && comparedOf(id, found.manifest, scores, liveSite(gallery));
      if (run) runs.push(run);
    }
    const left = wanted.length - runs.length, diverging = await stopsOf("diverging");
    return {
      title: "Compare",
      section: "runs",
      body: <CompareView runs={runs} left={left} diverging={diverging} />,
    };
  }),
];
