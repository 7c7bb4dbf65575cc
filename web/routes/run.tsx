/** @jsxImportSource npm:preact@10.29.8 */
/** `/runs/:id`: one run, its files, its thumbnail. */
import { commandLine } from "../../run/command.ts";
import type { Manifest, RunFile } from "../../run/manifest.ts";
import { readManifest } from "../_manifest.ts";
import type { Page } from "../components/Document.tsx";
import { RunView } from "../components/RunView.tsx";
import { sendRunFile } from "../files.ts";
import type { Gallery } from "../gallery.ts";
import { readNotes } from "../notes.ts";
import { scoresIn } from "../_scores.ts";
import { waysFromRun } from "../microscope_ways.ts";
import { queryOf, type RunQuery } from "../run_query.ts";
import type { Score } from "../../run/scores.ts";
import { get, missing } from "./_route.ts";

/** What the page says where a folder's manifest cannot be believed. */
function Damaged({ id, damage }: { id: string; damage: string }) {
  return (
    <section class="notice">
      <h1>This run is damaged</h1>
      <p>
        The folder <code>{id}</code> is there, but cannot be shown:
      </p>
      <pre><code>{damage}</code></pre>
      <p>
        Runs are saved as a whole, so something has changed it since. Its pictures can still be
        opened as files; the safest cure is to repeat the run.
      </p>
    </section>
  );
}

/** The page of a run, as its manifest is now. @param query the list that it was found in */
export async function runPage(gallery: Gallery, id: string, query: RunQuery = {}): Promise<Page> {
  const { index, folder } = gallery, found = await find(index, folder, id);
  if (!found.manifest) {
    return {
      title: "A damaged run",
      section: "runs",
      body: <Damaged id={id} damage={found.damage} />,
    };
  }
  const { manifest } = found, notes = await readNotes(`${folder}/${id}`);
  const of = manifest.image ? ` of ${manifest.image.name}` : "";
  const scores = await scoresIn(`${folder}/${id}`);
  // the folder's last name: who is on the page need not know where on the disk it lies
  const judgeCommand = commandLine(["phosphene", "judge", `${folder.split("/").at(-1)}/${id}`]);
  const place = index.placeOf(query, id), ways = await waysFromRun(gallery, manifest);
  return {
    title: `${manifest.technique.title}${of}`,
    section: "runs",
    body: (
      <RunView
        id={id}
        manifest={manifest}
        notes={notes}
        query={query}
        place={place}
        ways={ways}
        scores={scores}
        judgeCommand={judgeCommand}
      />
    ),
  };
}

/** The manifest of a run; names come from the folder's own listing, so that no path leads elsewhere. */
async function find(index: Gallery["index"], folder: string, id: string) {
  await index.refreshIfChanged();
  const found = index.has(id) ? await readManifest(`${folder}/${id}`) : undefined;
  if (found && Boolean(found.damage) !== Boolean(index.get(id)?.damage)) await index.recheck([id]);
  if (!found) throw missing(`There is no run "${id}": it may have been removed or renamed.`);
  return found;
}

async function manifestOf({ index, folder }: Gallery, id: string): Promise<Manifest> {
  const { manifest } = await find(index, folder, id);
  if (!manifest) throw missing(`The run "${id}" is damaged.`);
  return manifest;
}

/** The files of a score, as those of a run. */
const filesOf = ({ files: { curve, steps } }: Score): RunFile[] =>
  [curve, steps].flatMap((name) =>
    name === undefined ? [] : [{ name, role: "figure", bytes: 0, sha256: "" }]
  );

const MANIFEST_FILE: RunFile = { name: "manifest.json", role: "values", bytes: 0, sha256: "" };

export const runRoutes = [
  get(
    "/runs/:id",
    ({ gallery, params, url }) => runPage(gallery, params.id, queryOf(url.searchParams)),
  ),
  get("/runs/:id/files/:name", async ({ gallery, params: { id, name }, request }) => {
    const { files, image } = await manifestOf(gallery, id);
    const scores = await scoresIn(`${gallery.folder}/${id}`);
    const source: RunFile[] = image?.file ? [{ ...image.file, role: "input" }] : [];
    const file = [...files, ...source, ...scores.flatMap(filesOf), MANIFEST_FILE]
      .find((f) => f.name === name);
    const sent = file && await sendRunFile(request, `${gallery.folder}/${id}`, file);
    if (!sent) throw missing(`The run "${id}" has no file "${name}".`);
    return sent;
  }),
  get("/runs/:id/thumbnail", async ({ gallery, params: { id }, request }) => {
    const manifest = await manifestOf(gallery, id);
    const found = await gallery.pictures.thumbnail(id, manifest, request.signal);
    if (found && "jpeg" in found) {
      const headers = { "content-type": "image/jpeg", "cache-control": "max-age=3600" };
      return new Response(new Uint8Array(found.jpeg), { headers });
    }
    const sent = found && await sendRunFile(request, `${gallery.folder}/${id}`, found.file);
    if (!sent) throw missing(`The run "${id}" has no picture.`);
    return sent;
  }),
];
