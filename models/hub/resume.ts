/**
 * A file that comes whole or is gone on with: what has come lies beside its place, under a name that
 * ends in `.incomplete`; it takes the place once its hash is right. Two programs that want the same
 * file fetch it once.
 */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import type { AppendedFile } from "../../platform/mod.ts";
import { download, DownloadError } from "../_download.ts";

/** A file to be had. */
export interface Wanted {
  /** Where it goes. */
  readonly path: string;
  /** What has come so far lies here. */
  readonly partial: string;
  /** Who holds this lock fetches it. */
  readonly lock: string;
  /** How many bytes it has, where that is known. */
  readonly bytes?: number;
  /** Whether somebody else has brought it meanwhile. */
  isThere(): Promise<boolean>;
  /** Whether these are its bytes, by their SHA-256; else a reason, for the end of a sentence. */
  check(sha256: string, path: string): string | undefined | Promise<string | undefined>;
  /** Where it is at this moment: asked before each attempt, for addresses expire. */
  address(): Promise<Address>;
}

/** Where to ask, and how. */
export interface Address {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How to fetch. */
export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Hears of the bytes that are there, and of all, where their number is known. */
  readonly onProgress?: (received: number, total?: number) => void;
  /** Hears a sentence where something takes long. */
  readonly onNote?: (sentence: string) => void;
  /** Milliseconds in which something must come, and of the first pause between attempts. */
  readonly patience?: number;
  readonly pause?: number;
}

/** Attempts that bring nothing, one after the other, until it is given up. */
const ATTEMPTS = 5;
/** The pause after the first of them; it doubles each time. */
const PAUSE_MS = 500;
/** A server that asks for a longer pause than this is not waited for. */
const LONGEST_PAUSE_MS = 30_000;
/** Read at once when the hash is gone on with. */
const PIECE = 2 ** 22;

/** How long a server asks to wait, in milliseconds. */
export function asksToWait(response: Response | undefined): number | undefined {
  const said = response?.headers.get("retry-after");
  if (!said) return undefined;
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Waits, unless a signal ends that. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
  signal?.throwIfAborted();
}

/** How often to try, and how long to pause at first. */
type Patience = Pick<FetchOptions, "signal" | "pause">;

/** Waits after a failed attempt. @throws the error where another attempt is of no use. */
async function pauseAfter(
  error: unknown,
  failed: number,
  { signal, pause = PAUSE_MS }: Patience,
  most = ATTEMPTS,
): Promise<void> {
  signal?.throwIfAborted();
  if (!(error instanceof DownloadError) || !error.passing || failed >= most) throw error;
  const ms = asksToWait(error.response) ?? pause * 2 ** (failed - 1);
  if (ms > LONGEST_PAUSE_MS) throw error;
  await wait(ms, signal);
}

/** Tries until it works, as long as what fails may pass; a network that is not there, twice. */
export async function patiently<T>(attempt: () => Promise<T>, options: Patience): Promise<T> {
  for (let failed = 1;; failed++) {
    try {
      return await attempt();
    } catch (error) {
      const answered = error instanceof DownloadError && error.response;
      await pauseAfter(error, failed, options, answered ? ATTEMPTS : 2);
    }
  }
}

/**
 * Fetches a file unless it is there.
 *
 * @returns Whether it was fetched.
 * @throws UserError, its message a reason for the end of a sentence; the signal's reason once it is
 * aborted. What has come is kept then.
 */
export async function fetchWhole(wanted: Wanted, options: FetchOptions): Promise<boolean> {
  await using _held = await platform.lock(wanted.lock, {
    signal: options.signal,
    onWait: () =>
      options.onNote?.("Another program is fetching the same file; waiting until it has it."),
  });
  if (await wanted.isThere()) return false;
  try {
    await using file = await platform.openAppend(wanted.partial);
    await fill(file, wanted, options);
    await file.sync();
  } catch (error) {
    throw unwritable(error, wanted.partial);
  }
  await platform.rename(wanted.partial, wanted.path);
  return true;
}

/** A fault of the disk in words; any other error as it is. */
function unwritable(error: unknown, path: string): unknown {
  const fault = platform.fault(error);
  if (!fault || error instanceof UserError) return error;
  const folder = path.slice(0, path.lastIndexOf("/"));
  const remedy = fault === "full"
    ? "make room there: what has come is kept, and the next attempt goes on from it"
    : "it has to be a folder that may be written to";
  return new UserError(`cannot write to "${folder}": ${platform.reason(error)}; ${remedy}`, {
    code: "cannot-write",
    cause: error,
  });
}

/** Brings a file that grows to its end, and checks it. */
async function fill(file: AppendedFile, wanted: Wanted, options: FetchOptions): Promise<void> {
  let { hash, bytes } = await begun(file, wanted);
  const again = async () => {
    await file.clear();
    [hash, bytes] = [platform.startSha256(), 0];
  };
  let rounds = 0;
  for (;;) {
    bytes = await attempts(bytes, wanted, options, async (chunk, at) => {
      if (at === 0 && bytes > 0) await again(); // the server knows no parts
      await file.write(chunk);
      hash.update(chunk);
      return bytes += chunk.length;
    });
    const wrong = wanted.bytes !== undefined && wanted.bytes !== bytes
      ? `${bytes} bytes came, not ${wanted.bytes}`
      : await wanted.check(hash.hex(), wanted.partial);
    if (!wrong) return;
    await again();
    if (++rounds > 1) {
      throw new UserError(
        `${wrong}, twice: something on the way changes it, or it was published wrongly; nothing ` +
          `was kept`,
        { code: "bad-file" },
      );
    }
  }
}

/** The hash of what came before, and how much that is. */
async function begun(file: AppendedFile, { partial, bytes: all }: Wanted) {
  const hash = platform.startSha256();
  if (all !== undefined && file.bytes > all) {
    await file.clear();
    return { hash, bytes: 0 };
  }
  await using before = await platform.openFile(partial);
  for (let at = 0; at < file.bytes; at += PIECE) hash.update(await before.read(at, PIECE));
  return { hash, bytes: file.bytes };
}

/** Attempts until the file's end; `take` says how many bytes there are. */
async function attempts(
  bytes: number,
  { address, bytes: all }: Wanted,
  options: FetchOptions,
  take: (chunk: Uint8Array, at: number) => Promise<number>,
): Promise<number> {
  const { signal, onProgress, patience } = options;
  for (let failed = 0; all === undefined || bytes < all;) {
    const before = bytes;
    try {
      const { url, headers } = await address();
      // the hash is of the file as it is, not packed
      const asked = { ...headers, "accept-encoding": "identity" };
      const pieces = download(url, { signal, from: bytes, headers: asked, patience });
      for await (const { chunk, at, total = all } of pieces) {
        bytes = await take(chunk, at);
        onProgress?.(bytes, total);
      }
      return bytes;
    } catch (error) {
      const status = error instanceof DownloadError ? error.response?.status : undefined;
      // there is nothing after what has come: the hash will tell
      if (status === 416 && bytes > 0) return bytes;
      failed = bytes > before ? 1 : failed + 1;
      await pauseAfter(error, failed, options);
    }
  }
  return bytes;
}
