/** Where the files of a model lie: paths and addresses, and what they name beside themselves. */
import type { Path } from "../platform/mod.ts";

/** Whether a model is named by an address, not by a path. */
export const isAddress = (source: string): boolean => /^(https?|file):/i.test(source);

/** A file of this machine, as it is opened: a path, or the URL that begins with `file:`. */
export const pathOf = (source: string): Path => /^file:/i.test(source) ? new URL(source) : source;

/** Where something lies that a file (or a convention) names by a path relative to itself. */
export function beside(source: string, path: string): string {
  if (!isAddress(source)) return source.replace(/[^/\\]*$/, "") + path;
  const base = new URL(source);
  // encoded, so that no "%2e%2e" becomes ".."; a query (a token, say) holds for all files
  const url = new URL(path.split("/").map(encodeURIComponent).join("/"), base);
  url.search = base.search;
  return url.href;
}

/** Whether a path that a file names leads downwards from where the file lies, and nowhere else. */
export const isBeside = (path: unknown): path is string =>
  typeof path === "string" && path !== "" && !/^[/\\]|[\\:\0]/.test(path) &&
  !path.split("/").includes("..");
