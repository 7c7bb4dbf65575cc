/** @jsxImportSource npm:preact@10.29.8 */
/** `/runs/:id`: one run, its files, its thumbnail. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { words } from "../../core/text.ts";
import { techniques } from "../../techniques/mod.ts";
import type { Manifest, RunFile } from "../../run/manifest.ts";
import { modelName } from "../../run/model_name.ts";
import { coverOf, readManifest } from "../_manifest.ts";
import { isDivergingRun, paletteIn } from "../_painted.ts";
import { photographOf } from "../_photograph.ts";
import { AS_SCRIPT } from "../bytes.ts";
import { layerOf, roleIn } from "../_roles.ts";
import { inLabels } from "../_say.ts";
import { Bars } from "../components/Bars.tsx";
import { isSmall } from "../components/Card.tsx";
import type { Page } from "../components/Document.tsx";
import { allShown, Facts, line } from "../components/Facts.tsx";
import { bytes, dateTime, duration, plural, short } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { lossPoints } from "../../run/curve.ts";
import { sendRunFile } from "../files.ts";
import type { Gallery } from "../gallery.ts";
import { CopyButton } from "../islands/CopyButton.tsx";
import { Tray } from "../islands/Tray.tsx";
import { type Shown, Viewer, type ViewerProps } from "../islands/Viewer.tsx";
import { type Notes, readNotes } from "../notes.ts";
import { PAGE_SIZE, type Place } from "../run_list.ts";
import { addressOf, queryOf, type RunQuery, searchOf } from "../run_query.ts";
import { paths, type Site, useSite } from "../site.ts";
import { get, missing } from "./_route.ts";
import { MOST_COMPARED } from "./compare.tsx";

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

const LABELS: Readonly<Record<RunFile["role"], string>> = {
  input: "what the network saw",
  map: "map",
  overlay: "overlay",
  figure: "figure",
  frame: "frame",
  final: "result",
  animation: "animation",
  losses: "loss curve",
  values: "raw values",
};

const stepOf = (file: RunFile) => Number(/(\d+)\.\w+$/.exec(file.name)?.[1] ?? 0);

/** How the map is painted, where that is known. */
function mapProps({ result }: Manifest): ViewerProps["map"] {
  const palette = paletteIn(result);
  return palette && { palette, signed: isDivergingRun(result) };
}

function barProps({ result }: Manifest): ViewerProps["bar"] {
  const { colors, scale, palette } = result;
  if (!colors || !scale) return undefined;
  return { colors, palette, diverging: isDivergingRun(result), ...scale };
}

/** What the viewer shows: the map over the input, or the frames and the result over the start. */
function viewerProps(
  id: string,
  manifest: Manifest,
  { href, live }: Site,
): ViewerProps | undefined {
  const { files, technique, result } = manifest;
  const first = (role: RunFile["role"]) => files.find((file) => file.role === role && file.width);
  const top = first("map") ?? first("final") ?? coverOf(manifest);
  if (!top) return undefined;
  const same = (file: RunFile) => file.width === top.width && file.height === top.height;
  const show = (file: RunFile, label: string, step?: number): Shown => ({
    src: href(paths.file(id, file.name)),
    label,
    step,
  });
  const kept = files.filter((file) => file.role === "frame" && same(file));
  const frames = kept.map((file) => show(file, `step ${stepOf(file)}`, stepOf(file)));
  // the last frame is the result, unless the run had to go back
  if (kept.at(-1)?.sha256 !== top.sha256) frames.push(show(top, LABELS[top.role]));
  const input = first("input"), values = files.find(({ role }) => role === "values");
  const attribution = top.role === "map", size = { width: top.width!, height: top.height! };
  const photograph = attribution ? photographOf(manifest, size) : undefined;
  return {
    label: technique.title,
    subject: subjectOf(manifest),
    width: top.width!,
    height: top.height!,
    before: input && input !== top && same(input)
      ? show(input, attribution ? "picture" : "start")
      : undefined,
    after: frames,
    opacity: attribution ? shareOf(roleIn(manifest, "overlay")) : 1,
    small: isSmall(size),
    // a page that is opened as a file can load scripts alone
    values: values && href(paths.file(id, values.name) + (live ? "" : AS_SCRIPT)),
    map: attribution ? mapProps(manifest) : undefined,
    bar: barProps(manifest),
    photograph: photograph && { ...photograph, src: href(paths.file(id, photograph.file)) },
    losses: lossPoints(result.losses ?? []),
  };
}

/** How much of the map the overlay has. */
const shareOf = (overlay: unknown): number => typeof overlay === "number" ? overlay : 0.6;

/** What a run is of, in a line. */
function subjectOf(manifest: Manifest): string {
  const { target, image } = manifest;
  return target
    ? [target.label, image?.name].filter(Boolean).join(" in ")
    : [layerOf(manifest), image?.name].filter(Boolean).join(" · ");
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** The beginning of a hash: enough to tell files apart; the manifest has the rest. */
const Hash = ({ hex }: { hex: string }) => <code title={hex}>{hex.slice(0, 16)}…</code>;

/** A run's page, and the list that it was found in. */
interface Given {
  readonly id: string;
  readonly manifest: Manifest;
  readonly notes: Notes;
  readonly query: RunQuery;
  readonly place?: Place;
}

/** Leads to the runs beside this one, as they are listed. */
function Neighbours({ query, place: { previous, next, at, total } }: {
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
function Actions({ id, manifest: { technique, target }, query }: Given) {
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

/** What is written beside the run, and where it can be. */
function NotesView({ id, notes: { note, tags }, query }: Given) {
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

function RunView(given: Given) {
  const { id, manifest, query, place } = given;
  const site = useSite(), { href, live } = site;
  const { technique, options, model, image, target, predicted, backend, result, files } = manifest;
  const viewer = viewerProps(id, manifest, site);
  // of two animations, the one that every program shows
  const pictures = files.filter((file) =>
    file.width && file.role !== "frame" && file === files.find(({ role }) => role === file.role)
  );
  const { diagnosis } = result;
  const figures = Object.entries(result.figures ?? {})
    .filter(([name, value]) => options[name] !== value);
  return (
    <article class="run">
      <header>
        {place && <Neighbours query={query} place={place} />}
        <h1>{technique.title}</h1>
        <p class="lead">
          {target
            ? (
              <>
                What speaks for <strong>{target.label}</strong>
                {image && ` in ${image.name}`}
              </>
            )
            : [layerOf(manifest), image?.name].filter(Boolean).join(" · ")}
        </p>
        <Actions {...given} />
      </header>
      <div class="columns">
        <div>
          {viewer ? <Island of={Viewer} props={viewer} /> : <p>This run has no picture.</p>}
          <Strip id={id} files={pictures} label={({ role }) => LABELS[role]} />
          <Section title="Repeat it">
            <div class="command">
              <pre tabIndex={0} aria-label="Command"><code>{manifest.command}</code></pre>
              <Island of={CopyButton} props={{ text: manifest.command }} />
            </div>
          </Section>
          <Section title="Files">
            <ul class="files">
              {[...files.filter(({ role }) => role !== "frame"), MANIFEST].map((
                { name, bytes: n, role },
              ) => (
                <li key={name}>
                  <a href={href(paths.file(id, name))} download={`${id}-${name}`}>{name}</a>
                  <span class="quiet">
                    {role ? ` ${LABELS[role]}` : " all that is known about the run"}
                  </span>
                  {n !== undefined && <span class="quiet">{`, ${bytes(n)}`}</span>}
                </li>
              ))}
            </ul>
            <Frames id={id} files={files.filter(({ role }) => role === "frame")} />
          </Section>
        </div>
        <div>
          {predicted && predicted.length > 0 && (
            <Section title="What the network says">
              <Bars predicted={predicted} target={target} />
            </Section>
          )}
          <Section title="Diagnosis">
            {diagnosis.length > 0
              ? (
                <ul class="diagnosis">
                  {diagnosis.map((note) => <li key={note}>{inLabels(note)}</li>)}
                </ul>
              )
              : <p class="quiet">Nothing stood out.</p>}
          </Section>
          {figures.length > 0 && (
            <Section title="Figures">
              <Facts
                facts={Object.fromEntries(figures.map((
                  [name, value],
                ) => [words(name), typeof value === "string" ? value : short(value)]))}
              />
            </Section>
          )}
          <NotesView {...given} />
          <Section title="Options">
            <Facts
              facts={{
                ...allShown(options),
                ...(target?.expression === undefined ? {} : { target: target.expression }),
                seed: String(manifest.seed),
              }}
            />
          </Section>
          <Section title="How it was made">
            <Facts
              facts={{
                when: <time dateTime={manifest.createdAt}>{dateTime(manifest.createdAt)}</time>,
                took: duration(manifest.durationMs),
                technique: techniques.has(technique.id)
                  ? <a href={href(paths.technique(technique.id))}>{technique.title}</a>
                  : technique.title,
                model: (
                  <a href={href(paths.model(model.id))} title={model.id}>{modelName(model.id)}</a>
                ),
                weights: <span title={model.weights.source}>{modelName(model.weights.source)}
                </span>,
                "weights’ SHA-256": <Hash hex={model.weights.sha256} />,
                picture: image && `${image.name}, ${image.width} × ${image.height}`,
                "picture’s SHA-256": image && <Hash hex={image.sha256} />,
                preprocessing: line(allShown(model.preprocess)),
                backend: `${backend.name}, ${backend.adapter}`,
                versions: line(manifest.versions),
              }}
            />
          </Section>
        </div>
      </div>
      {live && (
        <p>
          <a href={href(`/?technique=${encodeURIComponent(technique.id)}`)}>
            {`More runs of ${technique.title}`}
          </a>
        </p>
      )}
      <Island of={Tray} props={{ compare: href("/compare"), most: MOST_COMPARED }} />
    </article>
  );
}

const MANIFEST: { name: string; bytes?: number; role?: RunFile["role"] } = {
  name: "manifest.json",
};

function Strip({ id, files, label }: {
  id: string;
  files: readonly RunFile[];
  label: (file: RunFile) => string | undefined;
}) {
  const { href } = useSite();
  return (
    <ul class="strip">
      {files.map((file) => (
        <li key={file.name}>
          <a href={href(paths.file(id, file.name))}>
            <img
              src={href(paths.file(id, file.name))}
              alt=""
              width={file.width}
              height={file.height}
              class={isSmall({ width: file.width ?? 0, height: file.height ?? 0 })
                ? "pixels"
                : undefined}
              loading="lazy"
            />
            {label(file)}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Frames({ id, files }: { id: string; files: readonly RunFile[] }) {
  if (files.length === 0) return null;
  return (
    <details>
      <summary>{plural(files.length, "frame")}</summary>
      <Strip id={id} files={files} label={(file) => `step ${stepOf(file)}`} />
    </details>
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
  const place = index.placeOf(query, id);
  return {
    title: `${manifest.technique.title}${of}`,
    section: "runs",
    body: <RunView id={id} manifest={manifest} notes={notes} query={query} place={place} />,
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

const MANIFEST_FILE: RunFile = { ...MANIFEST, role: "values", bytes: 0, sha256: "" };

export const runRoutes = [
  get(
    "/runs/:id",
    ({ gallery, params, url }) => runPage(gallery, params.id, queryOf(url.searchParams)),
  ),
  get("/runs/:id/files/:name", async ({ gallery, params: { id, name }, request }) => {
    const { files, image } = await manifestOf(gallery, id);
    const source: RunFile[] = image?.file ? [{ ...image.file, role: "input" }] : [];
    const file = [...files, ...source, MANIFEST_FILE].find((f) => f.name === name);
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
