/** Searching, narrowing, ordering and counting runs: pure, so that a page without a server can too. */
import { type Facet, FACETS, type Listed, type RunEntry, type RunQuery } from "./run_query.ts";

/** A value that runs have, and how many of those that the other filters let through. */
export interface FacetValue {
  readonly value: string;
  readonly title: string;
  readonly count: number;
}

/** One page of runs. */
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

/** Where a run is among those that match. */
export interface Place {
  readonly previous?: string;
  readonly next?: string;
  /** From 1. */
  readonly at: number;
  readonly total: number;
}

export const PAGE_SIZE = 24;

/** -1, 0 or 1, by the letters' numbers. */
export const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;

const NONE: readonly string[] = [];

/** What a run has of a facet: few things, or none. */
function valuesOf(entry: RunEntry, facet: Facet): readonly string[] {
  if (facet === "tag") return entry.tags ?? NONE;
  const value = facet === "technique" ? entry.technique.id : entry[facet];
  return value ? [value] : NONE;
}

const titleOf = ({ technique, modelName }: RunEntry, facet: Facet, value: string): string =>
  facet === "technique" ? technique.title : facet === "model" ? modelName : value;

/** Runs without a name come last. */
const byName = (name: (run: RunEntry) => string | undefined) => (a: RunEntry, b: RunEntry) =>
  compare(name(a) || "\uffff", name(b) || "\uffff");

/** Orders, but for the index's own; runs that are equal stay newest first. */
const ORDERS: Readonly<
  Record<NonNullable<RunQuery["sort"]>, ((a: RunEntry, b: RunEntry) => number) | undefined>
> = {
  newest: undefined,
  oldest: (a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id),
  technique: byName(({ technique }) => technique.title),
  picture: byName(({ image }) => image),
  class: byName((run) => run.class),
  probability: (a, b) => (b.probability ?? -1) - (a.probability ?? -1),
};

/** What stands for a run's picture: runs of the same one belong together. */
export const pictureKey = ({ imageSha256 }: RunEntry): string => imageSha256 ?? "";

function together(runs: readonly RunEntry[]): RunEntry[] {
  const groups = Map.groupBy(runs, pictureKey), without = groups.get("") ?? [];
  groups.delete("");
  return [...[...groups.values()].flat(), ...without];
}

function ordered(runs: RunEntry[], { sort = "newest", byPicture }: RunQuery): RunEntry[] {
  const order = ORDERS[sort], sorted = order ? runs.sort(order) : runs;
  return byPicture ? together(sorted) : sorted;
}

type Counts = Map<Facet, Map<string, [title: string, count: number]>>;

/** The runs that match, unordered; fills `counts`, if there are any. */
function matching(runs: Iterable<Listed>, query: RunQuery, counts?: Counts): RunEntry[] {
  const words = (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found: RunEntry[] = [], wanted = FACETS.filter((facet) => query[facet]);
  for (const { entry, haystack } of runs) {
    const day = entry.createdAt.slice(0, 10);
    if (query.from && day < query.from || query.to && day > query.to) continue;
    if (!words.every((word) => haystack.includes(word))) continue;
    const missed = wanted.filter((facet) => !valuesOf(entry, facet).includes(query[facet]!));
    if (missed.length === 0) found.push(entry);
    if (!counts || missed.length > 1) continue;
    // a run that only one filter holds back counts for that filter's other values
    for (const facet of missed.length ? missed : FACETS) {
      for (const value of valuesOf(entry, facet)) {
        const counted = counts.get(facet)!, [, n] = counted.get(value) ?? ["", 0];
        counted.set(value, [titleOf(entry, facet, value), n + 1]);
      }
    }
  }
  return found;
}

/**
 * One page of what matches, and what the filters could be narrowed or changed to.
 *
 * @param all newest first
 */
export function listRuns(all: readonly Listed[], query: RunQuery = {}): RunPage {
  const counts: Counts = new Map(FACETS.map((facet) => [facet, new Map()]));
  const found = ordered(matching(all, query, counts), query);
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(pages, Math.max(1, Math.trunc(query.page ?? 1) || 1));
  const facet = (name: Facet): FacetValue[] =>
    [...counts.get(name)!].map(([value, [title, count]]) => ({ value, title, count }))
      .sort((a, b) => compare(a.title, b.title));
  return {
    runs: found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    total: found.length,
    all: all.length,
    page,
    pages,
    facets: {
      technique: facet("technique"),
      model: facet("model"),
      class: facet("class"),
      layer: facet("layer"),
      tag: facet("tag"),
    },
  };
}

/** Where a run is in a list; nothing where it does not match. @param all newest first */
export function placeOf(all: readonly Listed[], query: RunQuery, id: string): Place | undefined {
  const found = ordered(matching(all, query), query);
  const at = found.findIndex((run) => run.id === id);
  if (at < 0) return undefined;
  return {
    previous: found[at - 1]?.id,
    next: found[at + 1]?.id,
    at: at + 1,
    total: found.length,
  };
}
