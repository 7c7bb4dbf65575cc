/**
 * Where the hub is and where its files are kept, as the user's Python is told too: variables mean what
 * they mean to `huggingface_hub` (its `constants.py`).
 */
import { UserError } from "../../core/errors.ts";
import { type Env, expanded, userCache } from "../../core/user_folder.ts";
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

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? "");

/** The folder in which programs keep what they can fetch again. @throws UserError where none can be told. */
export function cacheFolder(env: Env = platform.env): string {
  const folder = userCache(env);
  if (folder) return folder;
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
