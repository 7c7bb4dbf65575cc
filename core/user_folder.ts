/** The user's own folders, as the environment tells of them. */
import { platform } from "../platform/mod.ts";

/** Reads a variable of the environment. */
export type Env = (name: string) => string | undefined;

const homeOf = (env: Env): string | undefined => env("HOME") || env("USERPROFILE") || undefined;

/** A path with `~` and `$NAME` put in, as a shell would. */
export const expanded = (path: string, env: Env): string =>
  path.replace(/^~(?=[/\\]|$)/, () => homeOf(env) ?? "~")
    .replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, a, b) => env(a ?? b) ?? whole);

/**
 * The folder in which programs keep what they can make or fetch again; undefined where the
 * environment names none, or may not be read.
 */
export function userCache(env: Env = platform.env): string | undefined {
  const given = env("XDG_CACHE_HOME"), home = homeOf(env);
  if (given) return expanded(given, env);
  return home && `${home}/.cache`;
}
