/** The runs of a folder, in memory: listed, searched, counted, and kept up to date. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import type { Manifest } from "../run/manifest.ts";
import { coverOf, readManifest } from "./_manifest.ts";
import { layerOf, roleIn } from "./_roles.ts";

/** A run as the index shows it. */
export interface RunEntry {
  /** Name of its folder. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly technique: { readonly id: string; readonly title: string };
  readonly model: string;
  /** Name of the explained class. */
  readonly class?: string;
  readonly layer?: string;
  readonly channel?: number;
  /** Name of the picture's file. */
  readonly image?: string;
  /** SHA-256 of the picture's file. */
  readonly imageSha256?: string;
  /** The picture that stands for the run. */
  readonly cover?: { readonly name: string; readonly width: number; readonly height: number };
  /** What is wrong with the folder; then the rest is empty. */
  readonly damage?: string;
}

/** What an index can be narrowed to. */
export const FACETS = ["technique", "model", "class", "layer"] as const;
export type Facet = typeof FACETS[number];

/** Which runs are wanted; what is empty narrows nothing. */
export interface RunQuery extends Partial<Readonly<Record<Facet, string>>> {
  /** Words that must all occur, in any case. */
  readonly text?: string;
  /** First and last day, `YYYY-MM-DD`, UTC. */
  readonly from?: string;
  readonly to?: string;
  /** From 1. */
  readonly page?: number;
}

/** A value that runs have, and how many of those that the other filters let through. */
export interface FacetValue {
  readonly value: string;
  readonly title: string;
  readonly count: number;
}

/** One page of runs, newest first. */
export interface RunPage {
  readonly runs: readonly RunEntry[];
  /** How many match. */
  readonly total: number;
  /** How many there are. */
  readonly all: number;
  readonly page: number;
  readonly pages: number;
  readonly facets: Readonly<Record<Facet, readonly FacetValue[]>>;
}

export const PAGE_SIZE = 24;

/** How often the folder is looked at while someone watches, in ms. */
const LOOK_EVERY_MS = 500;
/** Folder times are this coarse on some file systems: a younger one may hide another change. */
const SETTLED_MS = 2000;
/** Manifests read at once. */
const AT_ONCE = 16;

interface Kept {
  readonly entry: RunEntry;
  /** Lower case: what the search looks through. */
  readonly haystack: string;
}

const facetValue = (entry: RunEntry, facet: Facet): string | undefined =>
  facet === "technique" ? entry.technique.id : entry[facet];

/** The index of a folder of runs. */
export class RunIndex {
  readonly #kept = new Map<string, Kept>();
  #newestFirst: readonly Kept[] = [];
  #seenAt: number | undefined;
  #refreshing: Promise<void> | undefined;
  #again = false;
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
    if (!changed) return;
    this.#newestFirst = [...this.#kept.values()].sort((a, b) =>
      compare(b.entry.createdAt, a.entry.createdAt) || compare(b.entry.id, a.entry.id)
    );
    for (const listener of this.#listeners) listener();
  }

  async #read(id: string): Promise<Kept | undefined> {
    const found = await readManifest(`${this.folder}/${id}`);
    if (!found) return undefined;
    let { damage = "" } = found;
    if (found.manifest) {
      try {
        return keep(id, found.manifest);
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
      damage,
    };
    return { entry, haystack: `${id} damaged`.toLowerCase() };
  }

  /** One page of what matches, and what the filters could be narrowed or changed to. */
  list(query: RunQuery = {}): RunPage {
    const words = (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const matching: RunEntry[] = [];
    const counts = new Map(FACETS.map((facet) => [facet, new Map<string, [string, number]>()]));
    const wanted = FACETS.filter((facet) => query[facet]);
    for (const { entry, haystack } of this.#newestFirst) {
      const day = entry.createdAt.slice(0, 10);
      if (query.from && day < query.from || query.to && day > query.to) continue;
      if (!words.every((word) => haystack.includes(word))) continue;
      const missed = wanted.filter((facet) => facetValue(entry, facet) !== query[facet]);
      if (missed.length === 0) matching.push(entry);
      if (missed.length > 1) continue;
      // a run that only one filter holds back counts for that filter's other values
      for (const facet of missed.length ? missed : FACETS) {
        const value = facetValue(entry, facet);
        if (!value) continue;
        const counted = counts.get(facet)!, [title, n] = counted.get(value) ?? [value, 0];
        counted.set(value, [facet === "technique" ? entry.technique.title : title, n + 1]);
      }
    }
    const pages = Math.max(1, Math.ceil(matching.length / PAGE_SIZE));
    const page = Math.min(pages, Math.max(1, Math.trunc(query.page ?? 1) || 1));
    const facets = Object.fromEntries(FACETS.map((facet) => [
      facet,
      [...counts.get(facet)!].map(([value, [title, count]]) => ({ value, title, count }))
        .sort((a, b) => compare(a.title, b.title)),
    ])) as unknown as Record<Facet, FacetValue[]>;
    return {
      runs: matching.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
      total: matching.length,
      all: this.size,
      page,
      pages,
      facets,
    };
  }
}

const unreadable = (folder: string, cause: unknown) =>
  new UserError(`Cannot show the runs of "${folder}": ${platform.reason(cause)}.`, {
    code: "no-file",
    cause,
  });

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

/** A value as it is searched for: `layer4.1`, `6`, `[0,0,0]`. */
const words = (value: unknown) => typeof value === "string" ? value : JSON.stringify(value);

/** What the index remembers of a run. */
function keep(id: string, manifest: Manifest): Kept {
  const cover = coverOf(manifest), { options } = manifest;
  const channel = roleIn(manifest, "channel");
  const entry: RunEntry = {
    id,
    createdAt: new Date(manifest.createdAt).toISOString(),
    technique: manifest.technique,
    model: manifest.model.id,
    class: manifest.target?.label,
    layer: layerOf(manifest),
    channel: typeof channel === "number" ? channel : undefined,
    image: manifest.image?.name,
    imageSha256: manifest.image?.sha256,
    cover: cover && { name: cover.name, width: cover.width!, height: cover.height! },
  };
  const haystack = [
    id,
    entry.technique.id,
    entry.technique.title,
    entry.model,
    entry.class,
    entry.layer,
    entry.image,
    ...Object.entries(options).map(([name, value]) => `${name}=${words(value)}`),
    ...manifest.result.diagnosis,
  ].filter(Boolean).join("\n").toLowerCase();
  return { entry, haystack };
}
