/** How pages lead to each other: by path on a server, by file in an exported site. */
import { createContext } from "../deps/preact.ts";
import { useContext } from "../deps/preact_hooks.ts";

/** What surrounds a page. */
export interface Site {
  /** The address of one of the gallery's paths (`/runs/…`), as this page must write it. */
  href(path: string): string;
  /** Whether runs can be made here. */
  readonly writable: boolean;
  /** Whether a server answers: searching, comparing, news. */
  readonly live: boolean;
  /** Whether it has microscopes. */
  readonly microscopes?: boolean;
}

export const SiteContext = createContext<Site>({
  href: (path) => path,
  writable: false,
  live: true,
});

/** The site that the page is part of. */
export const useSite = (): Site => useContext(SiteContext);

/** The site of a gallery that a server answers for. */
export const liveSite = ({ jobs, microscopes }: {
  readonly jobs?: unknown;
  readonly microscopes?: { readonly folders: ReadonlyMap<string, string> };
}): Site => ({
  href: (path) => path,
  writable: jobs !== undefined,
  live: true,
  microscopes: microscopes !== undefined && microscopes.folders.size > 0,
});

/** In a site of files: the script with all runs. */
export const RUNS_SCRIPT = "/runs.js";

/** The part of a run's page that has its scores. */
export const SCORES_PLACE = "scores";

/** The paths of the gallery, with names escaped. */
export const paths = {
  /** In a site of files: the script with what compares a run. */
  compared: (id: string) => `/runs/${encodeURIComponent(id)}/compared.js`,
  run: (id: string) => `/runs/${encodeURIComponent(id)}`,
  file: (id: string, name: string) => `/runs/${encodeURIComponent(id)}/files/${name}`,
  thumbnail: (id: string) => `/runs/${encodeURIComponent(id)}/thumbnail`,
  notes: (id: string) => `/runs/${encodeURIComponent(id)}/notes`,
  delete: (id: string) => `/runs/${encodeURIComponent(id)}/delete`,
  restore: (name: string) => `/trash/${encodeURIComponent(name)}/restore`,
  technique: (id: string) => `/techniques/${encodeURIComponent(id)}`,
  techniquePicture: (id: string) => `/techniques/${encodeURIComponent(id)}/picture`,
  model: (id: string) => `/models/${encodeURIComponent(id)}`,
  names: (model: string) => `/models/${encodeURIComponent(model)}/names.json`,
  check: (model: string, objective: string) =>
    `/models/${encodeURIComponent(model)}/check.json?objective=${encodeURIComponent(objective)}`,
  picture: (token: string) => `/pictures/${encodeURIComponent(token)}`,
  layer: (model: string, layer: string) =>
    `/models/${encodeURIComponent(model)}/layers/${encodeURIComponent(layer)}`,
  channel: (model: string, layer: string, channel: number) =>
    `/models/${encodeURIComponent(model)}/layers/${encodeURIComponent(layer)}/channels/${channel}`,
  microscopes: "/microscopes",
  /** @param path of a page or a picture in the microscope */
  microscope: (name: string, path = "/") =>
    `/microscopes/${encodeURIComponent(name)}${path === "/" ? "" : path}`,
  make: (technique: string) => `/new/${encodeURIComponent(technique)}`,
  again: (technique: string, of: { readonly run: string } | { readonly job: string }) =>
    `/new/${encodeURIComponent(technique)}?${new URLSearchParams({ ...of })}`,
  /** @param runs ids of those to be judged */
  judge: (runs: readonly string[]) =>
    ["/judge", new URLSearchParams(runs.map((id) => ["run", id]))].join(runs.length > 0 ? "?" : ""),
  jobs: "/jobs",
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  kept: (job: string, step: number) => `/jobs/${encodeURIComponent(job)}/kept/${step}`,
};
