/** Paths of a site, with `/` between their parts. */

/** The folder that a path lies in: `/` and `.` for those without one. */
export function dirname(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : path.slice(0, at) || "/";
}

/** How one gets from a folder to a file; both begin with `/`. */
export function relative(folder: string, file: string): string {
  const from = folder.split("/").filter(Boolean), to = file.split("/").filter(Boolean);
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  return [...from.slice(common).map(() => ".."), ...to.slice(common)].join("/");
}
