/** Files of the hub: found in the cache, or fetched into it. */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { answered, DownloadError } from "../_download.ts";
import { hubFault } from "./errors.ts";
import {
  type Cached,
  findCached,
  type HubFile,
  isCommit,
  isSha256,
  MAIN,
  makePlaces,
  placesOf,
  plainEtag,
  show,
  writeRef,
} from "./layout.ts";
import { type Address, type FetchOptions, fetchWhole, patiently } from "./resume.ts";
import { type HubSettings, hubSettings } from "./settings.ts";

/** How to get a file of the hub. */
export interface HubOptions extends FetchOptions {
  /** Default: what the environment says. */
  readonly settings?: HubSettings;
}

/** What the hub says of a file before it sends it. */
interface Facts extends Address {
  readonly commit: string;
  /** Its SHA-256, or for a small text git's hash of it. */
  readonly etag: string;
  readonly bytes?: number;
}

/**
 * A file of the hub: from the cache, where nobody is asked; or fetched into it.
 *
 * @throws UserError, its message a reason for the end of a sentence; the signal's reason once it is
 * aborted.
 */
export async function hubFile(wanted: HubFile, options: HubOptions = {}): Promise<Cached> {
  const settings = options.settings ?? hubSettings(), { cache } = settings;
  const found = await findCached(cache, wanted);
  if (found) return found;
  if (settings.offline) {
    throw new UserError(
      "HF_HUB_OFFLINE is set, so the hub is not asked: unset it once to fetch the file",
      { code: "no-network" },
    );
  }
  try {
    await fetched(cache, wanted, settings, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw await hubFault(error, wanted, settings) ?? unkept(error, cache);
  }
  const kept = await findCached(cache, wanted);
  if (kept) return kept;
  throw new UserError(`it was fetched, but is not in "${cache}"; is something clearing it?`, {
    code: "no-file",
  });
}

function unkept(error: unknown, cache: string): unknown {
  if (!platform.fault(error)) return error;
  return new UserError(
    `the cache "${cache}" cannot be used: ${
      platform.reason(error)
    }; HF_HUB_CACHE names another folder`,
    { code: "cannot-write", cause: error },
  );
}

async function fetched(
  cache: string,
  wanted: HubFile,
  settings: HubSettings,
  options: HubOptions,
): Promise<void> {
  const places = placesOf(cache, wanted.repo);
  const facts = await patiently(() => factsOf(wanted, settings, options), options);
  const { commit, etag, bytes } = facts, blob = places.blob(etag);
  await makePlaces(cache, wanted, commit);
  let first: Facts | undefined = facts;
  const isNew = await fetchWhole({
    path: blob,
    partial: `${blob}.incomplete`,
    lock: places.lock(etag),
    bytes,
    isThere: async () =>
      await platform.exists(blob) ||
      await findCached(cache, { ...wanted, revision: commit }) !== undefined,
    check: (sha256, path) => check(etag, sha256, path),
    async address() {
      const now = first ?? await factsOf(wanted, settings, options);
      first = undefined;
      return now;
    },
  }, options);
  await show(cache, wanted, { commit, etag, isNew, links: settings.links });
  await writeRef(cache, wanted, commit);
}

/** Redirects within the hub that are followed; beyond it, to where the file is kept, none is. */
const MOST_REDIRECTS = 5;
/** How long the hub may take to say what a file is. */
const PATIENCE_MS = 10_000;

/** Asks the hub what a file is and where it is kept, without fetching it. */
async function factsOf(
  { repo, file, revision = MAIN }: HubFile,
  settings: HubSettings,
  { signal, patience = PATIENCE_MS }: HubOptions,
): Promise<Facts> {
  const { endpoint } = settings, token = await settings.token();
  const path = file.split("/").map(encodeURIComponent).join("/");
  const start = `${endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${path}`;
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const said = new Map<string, string>();
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await head(url, headers, patience, signal);
    // the first who says it is the hub; the server of the bytes calls them something else
    for (const name of ["x-repo-commit", "x-linked-etag", "x-linked-size"]) {
      const value = response.headers.get(name);
      if (value !== null && !said.has(name)) said.set(name, value);
    }
    const to = response.headers.get("location");
    if (response.status < 300) return factsIn(response, said, url, headers);
    if (response.status >= 400 || !to) throw answered(response);
    url = new URL(to, url).href;
    if (new URL(url).host !== new URL(start).host) {
      return factsIn(response, said, url, {}); // whoever keeps the bytes is told no token
    }
  }
  throw new DownloadError("the hub sends from one address to the next without end");
}

function factsIn(
  { headers }: Response,
  said: ReadonlyMap<string, string>,
  url: string,
  asked: Readonly<Record<string, string>>,
): Facts {
  const commit = said.get("x-repo-commit"), here = headers.get("location") === null;
  const etag = said.get("x-linked-etag") ?? (here ? headers.get("etag") : null);
  const size = said.get("x-linked-size") ?? (here ? headers.get("content-length") : null);
  if (!commit || !isCommit(commit) || !etag) {
    throw new DownloadError(
      `${new URL(url).host} does not answer as the hub does (it names no commit): is HF_ENDPOINT ` +
        `right, and is no login page or proxy in between?`,
    );
  }
  try {
    const bytes = size && /^\d+$/.test(size) ? Number(size) : undefined;
    return { url, headers: asked, commit, etag: plainEtag(etag), bytes };
  } catch (error) {
    throw new DownloadError((error as Error).message, { cause: error });
  }
}

/** The head of an answer; redirects are answers here. */
async function head(
  url: string,
  headers: Readonly<Record<string, string>>,
  patience: number,
  signal?: AbortSignal,
): Promise<Response> {
  const late = AbortSignal.timeout(patience);
  try {
    return await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      // else the length would be that of what is packed
      headers: { ...headers, "accept-encoding": "identity" },
      signal: AbortSignal.any([late, ...signal ? [signal] : []]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = late.aborted
      ? `nothing came for ${patience / 1000} seconds`
      : platform.reason(error);
    const isForbidden = platform.fault(error) === "forbidden";
    throw new DownloadError(reason, { cause: error, passing: !isForbidden });
  }
}

/** The bytes that git hashes of a file. */
async function gitHash(path: string): Promise<string> {
  const bytes = await platform.readFile(path);
  const head = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return [...new Uint8Array(await crypto.subtle.digest("SHA-1", whole))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether a file is what its etag says: SHA-256 of a large file, git's hash of a small one. */
async function check(etag: string, sha256: string, path: string): Promise<string | undefined> {
  const found = isSha256(etag) ? sha256 : isCommit(etag) ? await gitHash(path) : etag;
  return found === etag
    ? undefined
    : `what came has the hash ${found.slice(0, 12)}…, not ${etag.slice(0, 12)}…`;
}
