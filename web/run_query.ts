/** A run as lists show it, and what a list is asked for; the same on the server and in the browser. */

/** A run as the index shows it. */
export interface RunEntry {
  /** Name of its folder. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly technique: { readonly id: string; readonly title: string; readonly short?: string };
  /** Id or path of the model: what repeats the run. */
  readonly model: string;
  /** What people call it. */
  readonly modelName: string;
  /** Name of the explained class. */
  readonly class?: string;
  /** 0..1, of that class. */
  readonly probability?: number;
  readonly layer?: string;
  readonly channel?: number;
  /** Name of the picture's file. */
  readonly image?: string;
  /** SHA-256 of the picture's file. */
  readonly imageSha256?: string;
  /** The picture that stands for the run. */
  readonly cover?: { readonly name: string; readonly width: number; readonly height: number };
  /** What somebody wrote beside it. */
  readonly note?: string;
  readonly tags?: readonly string[];
  /** What is wrong with the folder; then the rest is empty. */
  readonly damage?: string;
}

/** A run with what the search looks through. */
export interface Listed {
  readonly entry: RunEntry;
  /** Lower case. */
  readonly haystack: string;
}

/** What a list can be narrowed to. */
export const FACETS = ["technique", "model", "class", "layer", "tag"] as const;
export type Facet = typeof FACETS[number];

/** Orders of a list, the usual one first, as people read them. */
export const SORTS = {
  newest: "newest first",
  oldest: "oldest first",
  technique: "technique",
  picture: "picture",
  class: "class",
  probability: "most probable first",
} as const;
export type Sort = keyof typeof SORTS;

/** Which runs are wanted; what is empty narrows nothing. */
export interface RunQuery extends Partial<Readonly<Record<Facet, string>>> {
  /** Words that must all occur, in any case. */
  readonly text?: string;
  /** First and last day, `YYYY-MM-DD`, UTC. */
  readonly from?: string;
  readonly to?: string;
  /** Default `newest`. */
  readonly sort?: Sort;
  /** Whether runs of one picture stand together. */
  readonly byPicture?: boolean;
  /** From 1. */
  readonly page?: number;
}

const isSort = (name: string | undefined): name is Sort =>
  name !== undefined && Object.hasOwn(SORTS, name);

/** The query that an address asks for. */
export function queryOf(params: URLSearchParams): RunQuery {
  const text = (name: string) => params.get(name)?.slice(0, 1000) || undefined;
  const day = (name: string) => {
    const value = text(name);
    return value && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
  };
  const sort = text("sort");
  return {
    text: text("q"),
    ...Object.fromEntries(FACETS.map((facet) => [facet, text(facet)])),
    from: day("from"),
    to: day("to"),
    sort: isSort(sort) ? sort : undefined,
    byPicture: text("group") === "picture" || undefined,
    page: Number(text("page") ?? 1),
  };
}

/** What an address says of a query, with its `?`; nothing where it asks for nothing. */
export function searchOf(query: RunQuery, page = 1): string {
  const { text, from, to, sort, byPicture } = query, params = new URLSearchParams();
  const named = {
    q: text,
    ...Object.fromEntries(FACETS.map((facet) => [facet, query[facet]])),
    from,
    to,
    sort: sort === "newest" ? undefined : sort,
    group: byPicture ? "picture" : undefined,
  };
  for (const [name, value] of Object.entries(named)) if (value) params.set(name, value);
  if (page > 1) params.set("page", String(page));
  return params.size ? `?${params}` : "";
}

/** The address of a query's page of runs. */
export const addressOf = (query: RunQuery, page?: number): string => `/${searchOf(query, page)}`;
