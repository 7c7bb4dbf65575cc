/** The runs of a folder, in memory: listed, searched, counted, and kept up to date. */
import { UserError } from "../core/errors.ts";
import { keyOfRun } from "../jobs/results.ts";
import { platform } from "../platform/mod.ts";
import type { Manifest } from "../run/manifest.ts";
import { modelName } from "../run/model_name.ts";
import { techniques } from "../techniques/mod.ts";
import { coverOf, readManifest, statPlain } from "./_manifest.ts";
import { layerOf, roleIn } from "./_roles.ts";
import { type Notes, NOTES_FILE, readNotes } from "./notes.ts";
import {
  compare,
  type FacetValue,
  listRuns,
  PAGE_SIZE,
  type Place,
  placeOf,
  type RunPage,
} from "./run_list.ts";
import {
  type Facet,
  FACETS,
  type Listed,
  type RunEntry,
  type RunQuery,
  searchOf,
} from "./run_query.ts";

export { FACETS, PAGE_SIZE };
export type { Facet, FacetValue, RunEntry, RunPage, RunQuery };

/** How often the folder is looked at while someone watches, in ms. */
const LOOK_EVERY_MS = 500;
/** Folder times are this coarse on some file systems: a younger one may hide another change. */
const SETTLED_MS = 2000;
/** Manifests read at once. */
const AT_ONCE = 16;

interface Kept extends Listed {
  /** What its files were when they were read. */
  readonly stamp: string;
  /**
   * The key of the task that it is the result of; none where a plugin took part, which may be another
   * one by now.
   */
  readonly key?: string;
}

/** The index of a folder of runs. */
export class RunIndex {
  readonly #kept = new Map<string, Kept>();
  #newestFirst: readonly Kept[] = [];
  #places: ReadonlyMap<string, number> | undefined;
  #seenAt: number | undefined;
  #refreshing: Promise<void> | undefined;
  #again = false;
  #version = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #onFault: (error: Error) => void;
  /** Whether the last look failed: that is told once, not at every look. */
  #blind = false;

  /**
   * @param folder Where the runs are; it need not be there yet.
   * @param onFault Called where looking for changes fails, once until it works again.
   */
  constructor(readonly folder: string, onFault: (error: Error) => void = () => {}) {
    this.#onFault = onFault;
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** How many runs there are, damaged ones too. */
  get size(): number {
    return this.#kept.size;
  }

  /** Whether a run of that name is listed. */
  has(id: string): boolean {
    return this.#kept.has(id);
  }

  get(id: string): RunEntry | undefined {
    return this.#kept.get(id)?.entry;
  }

  /** The newest run that is the result of the task with this key. */
  withKey(key: string): string | undefined {
    return this.#newestFirst.find((run) => run.key === key)?.entry.id;
  }

  /** All runs, newest first. */
  *[Symbol.iterator](): Iterator<RunEntry> {
    for (const { entry } of this.#newestFirst) yield entry;
  }

  /**
   * Brings the index up to date; calls that come meanwhile share the next look.
   *
   * @throws UserError where the folder is something else or may not be read.
   */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = (async () => {
      do {
        this.#again = false;
        await this.#scan();
      } while (this.#again);
    })().finally(() => this.#refreshing = undefined);
    return this.#refreshing;
  }

  /** {@link refresh}, where the folder's time says that something changed. */
  async refreshIfChanged(): Promise<void> {
    const changedAt = await this.#changedAt();
    if (changedAt === undefined ? this.size > 0 : changedAt !== this.#seenAt) await this.refresh();
  }

  /**
   * Calls `listener` after each change, and looks for changes while anyone listens. A look is one
   * stat of the folder, which works on every file system, also where watching does not.
   *
   * @returns What ends it.
   */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** {@link refreshIfChanged} for those who cannot catch: a failure goes to `onFault`, once. */
  async look(): Promise<void> {
    try {
      await this.refreshIfChanged();
      this.#blind = false;
    } catch (error) {
      if (!this.#blind) this.#onFault(error as Error);
      this.#blind = true;
    }
  }

  async #changedAt(): Promise<number | undefined> {
    const info = await platform.stat(this.folder).catch(() => undefined);
    return info?.modified.getTime();
  }

  async #scan(): Promise<void> {
    const changedAt = await this.#changedAt();
    const names = new Set<string>();
    try {
      for await (const { name, kind } of platform.list(this.folder)) {
        // a link to a folder is no folder here: runs lie in the runs folder
        if (kind === "folder" && !name.startsWith(".")) names.add(name);
      }
    } catch (error) {
      if (platform.fault(error) !== "missing") throw unreadable(this.folder, error);
    }
    const gone = [...this.#kept.keys()].filter((id) => !names.has(id));
    for (const id of gone) this.#kept.delete(id);

    // runs never change once they are there, but a damaged one may have been mended
    const unread = [...names].filter((id) => this.#kept.get(id)?.entry.damage ?? !this.has(id));
    let changed = gone.length > 0;
    const read = async () => {
      for (let id = unread.pop(); id !== undefined; id = unread.pop()) {
        const kept = await this.#read(id);
        const before = this.#kept.get(id)?.entry;
        if (kept) this.#kept.set(id, kept);
        else this.#kept.delete(id);
        if (before?.damage !== kept?.entry.damage || !before !== !kept) changed = true;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, read));
    const settled = changedAt !== undefined && Date.now() - changedAt > SETTLED_MS;
    this.#seenAt = settled ? changedAt : undefined;
    if (changed) this.#tell();
  }

  /** Puts the runs in order, and tells those who listen. */
  #tell(): void {
    this.#places = undefined;
    this.#newestFirst = [...this.#kept.values()].sort((a, b) =>
      compare(b.entry.createdAt, a.entry.createdAt) || compare(b.entry.id, a.entry.id)
    );
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  /**
   * Looks whether runs that are about to be shown are still what was read of them: what changes within
   * a run's folder, the time of the folder of runs does not tell.
   *
   * @returns Whether any was not, and has been read again.
   */
  async recheck(ids: readonly string[]): Promise<boolean> {
    const changed = await Promise.all(ids.map(async (id) => {
      const before = this.#kept.get(id);
      if (!before || await stampOf(`${this.folder}/${id}`) === before.stamp) return false;
      const kept = await this.#read(id);
      if (kept) this.#kept.set(id, kept);
      else this.#kept.delete(id);
      return true;
    }));
    if (!changed.includes(true)) return false;
    this.#tell();
    return true;
  }

  async #read(id: string): Promise<Kept | undefined> {
    const folder = `${this.folder}/${id}`;
    // first, so that a change while it is read is seen later
    const stamp = await stampOf(folder), found = await readManifest(folder);
    if (!found) return undefined;
    let { damage = "" } = found;
    if (found.manifest) {
      const { manifest } = found, key = manifest.plugins ? undefined : await keyOfRun(manifest);
      try {
        return { ...listed(id, manifest, await readNotes(folder)), stamp, key };
      } catch (error) {
        // whatever one run says, the others are shown
        damage = `manifest.json: it cannot be listed: ${platform.reason(error)}`;
      }
    }
    const entry: RunEntry = {
      id,
      createdAt: found.writtenAt.toISOString(),
      technique: { id: "", title: "" },
      model: "",
      modelName: "",
      damage,
    };
    return { entry, stamp, haystack: `${id} damaged`.toLowerCase() };
  }

  /** One page of what matches, and what the filters could be narrowed or changed to. */
  list(query: RunQuery = {}): RunPage {
    return listRuns(this.#newestFirst, query);
  }

  /** The runs with what a search looks through, newest first. */
  listed(): readonly Listed[] {
    return this.#newestFirst;
  }

  /** Where a run is in what a query lists; nothing where it is not. */
  placeOf(query: RunQuery, id: string): Place | undefined {
    const all = this.#newestFirst;
    if (searchOf(query)) return placeOf(all, query, id);
    // of all runs it is known: an export asks for each
    this.#places ??= new Map(all.map(({ entry }, at) => [entry.id, at]));
    const at = this.#places.get(id);
    if (at === undefined) return undefined;
    const idAt = (at: number) => all[at]?.entry.id;
    return { previous: idAt(at - 1), next: idAt(at + 1), at: at + 1, total: all.length };
  }
}

const unreadable = (folder: string, cause: unknown) =>
  new UserError(`Cannot show the runs of "${folder}": ${platform.reason(cause)}.`, {
    code: "no-file",
    cause,
  });

/** A value as it is searched for: `layer4.1`, `6`, `[0,0,0]`. */
const words = (value: unknown) => typeof value === "string" ? value : JSON.stringify(value);

/** What the index can see of a run's files without opening them. */
async function stampOf(folder: string): Promise<string> {
  const files = await Promise.all(
    ["manifest.json", NOTES_FILE].map((name) => statPlain(`${folder}/${name}`)),
  );
  return files.map((file) => file ? `${file.bytes} ${file.modified.getTime()}` : "none").join(" ");
}

/** What the index remembers of a run. */
function listed(id: string, manifest: Manifest, { note, tags }: Notes): Listed {
  const cover = coverOf(manifest), { options, technique, target } = manifest;
  const channel = roleIn(manifest, "channel");
  const entry: RunEntry = {
    id,
    createdAt: new Date(manifest.createdAt).toISOString(),
    technique: { ...technique, short: shortTitle(technique.id) },
    model: manifest.model.id,
    modelName: modelName(manifest.model.id),
    class: target?.label,
    probability: target?.probability ?? undefined,
    layer: layerOf(manifest),
    channel: typeof channel === "number" ? channel : undefined,
    image: manifest.image?.name,
    imageSha256: manifest.image?.sha256,
    cover: cover && { name: cover.name, width: cover.width!, height: cover.height! },
    note: note || undefined,
    tags: tags.length > 0 ? tags : undefined,
  };
  const haystack = [
    id,
    entry.technique.id,
    entry.technique.title,
    entry.model,
    entry.class,
    entry.layer,
    entry.image,
    note,
    ...tags,
    ...Object.entries(options).map(([name, value]) => `${name}=${words(value)}`),
    ...manifest.result.diagnosis,
  ].filter(Boolean).join("\n").toLowerCase();
  return { entry, haystack };
}

const shortTitle = (id: string) => techniques.has(id) ? techniques.get(id).short : undefined;
