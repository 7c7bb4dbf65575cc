/**
 * Where the hub is and where its files are kept, as the user's Python is told too: variables mean what
 * they mean to `huggingface_hub` (its `constants.py`).
 */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";

/** What the environment says of the hub. */
export interface HubSettings {
  /** The hub's address, without a slash at its end. */
  readonly endpoint: string;
  /** The folder of the cache. @throws UserError where none can be told. */
  readonly cache: string;
  /** Whether nothing may be asked of the hub. */
  readonly offline: boolean;
  /** Whether snapshots may be links; elsewhere they are the files themselves. */
  readonly links: boolean;
  /** What proves to the hub who asks: read when it is asked. */
  token(): Promise<string | undefined>;
}

/** Reads a variable of the environment. */
type Env = (name: string) => string | undefined;

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? "");

/** A path with `~` and `$NAME` put in, as a shell would. */
const expanded = (path: string, env: Env): string =>
  path.replace(/^~(?=[/\\]|$)/, () => homeOf(env) ?? "~")
    .replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, a, b) => env(a ?? b) ?? whole);

const homeOf = (env: Env): string | undefined => env("HOME") || env("USERPROFILE") || undefined;

/** The folder in which programs keep what they can fetch again. @throws UserError where none can be told. */
export function cacheFolder(env: Env = platform.env): string {
  const given = env("XDG_CACHE_HOME"), home = homeOf(env);
  if (given) return expanded(given, env);
  if (home) return `${home}/.cache`;
  throw new UserError(
    "Cannot tell where to keep downloads: neither HF_HUB_CACHE nor HOME is set, or the program may " +
      "not read them (the permission allow-env).",
    { code: "cannot-write" },
  );
}

/** What the environment says at this moment. */
export function hubSettings(env: Env = platform.env): HubSettings {
  const home = () => {
    const given = env("HF_HOME");
    return given ? expanded(given, env) : `${cacheFolder(env)}/huggingface`;
  };
  return {
    endpoint: (env("HF_ENDPOINT") || "https://huggingface.co").replace(/\/+$/, ""),
    get cache() {
      const given = env("HF_HUB_CACHE");
      return given ? expanded(given, env) : `${home()}/hub`;
    },
    offline: isTrue(env("HF_HUB_OFFLINE")),
    links: !isTrue(env("HF_HUB_DISABLE_SYMLINKS")),
    async token() {
      const given = env("HF_TOKEN");
      if (given) return given.trim();
      if (isTrue(env("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return undefined;
      const path = env("HF_TOKEN_PATH");
      // what `hf auth login` leaves; most have none
      const text = await platform.readText(path ? expanded(path, env) : `${home()}/token`)
        .catch(() => "");
      return text.trim() || undefined;
    },
  };
}
