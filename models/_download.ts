/** Downloads: by address, piece by piece, with an end to size and to patience. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** How to download. */
export interface DownloadOptions {
  /** Stops the download. */
  readonly signal?: AbortSignal;
  /** Bytes that there may be at most; as the file is, not as a server packs it. Default 4 GiB. */
  readonly limit?: number;
  /** Milliseconds in which {@link LEAST_BYTES} must come, the connecting included. Default 30 000. */
  readonly patience?: number;
}

/** Larger than any network that is explained here. */
const LIMIT = 2 ** 32;
const PATIENCE_MS = 30_000;
/** Fewer bytes than this in the time of patience are none: about 1 kB/s. */
const LEAST_BYTES = 30_000;

/** Ends a download that nothing comes of. */
class Stalled extends Error {}

/**
 * Downloads a file from an http(s) address, redirects followed.
 *
 * @returns Its pieces, with the size of the whole where the server says it.
 * @throws UserError where it cannot be had whole, is larger than the limit, or does not come on; its
 * message is a reason, for the end of a sentence.
 * @throws the signal's reason once it is aborted.
 */
export async function* download(
  url: string,
  { signal, limit = LIMIT, patience = PATIENCE_MS }: DownloadOptions = {},
): AsyncGenerator<{ chunk: Uint8Array<ArrayBuffer>; total?: number }> {
  signal?.throwIfAborted();
  const patient = new AbortController();
  let received = 0, before = 0;
  const timer = setInterval(() => {
    if (received - before < LEAST_BYTES) patient.abort(new Stalled());
    before = received;
  }, patience);
  const both = AbortSignal.any([patient.signal, ...signal ? [signal] : []]);
  const far = () => received ? ` (it broke off after ${received} bytes)` : "";
  try {
    const response = await fetch(url, { signal: both });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      const status = `${response.status} ${response.statusText}`.trimEnd();
      throw new UserError(`the server answered ${status}`, { code: "no-file" });
    }
    const total = lengthOf(response);
    const tooLarge = (bytes: number | string) =>
      new UserError(`it has ${bytes} bytes, at most ${limit} are downloaded`, { code: "bad-file" });
    if (total !== undefined && total > limit) {
      await response.body.cancel();
      throw tooLarge(total);
    }
    for await (const chunk of response.body) {
      received += chunk.length;
      if (received > limit) throw tooLarge(`more than ${limit}`);
      yield { chunk, total };
    }
    if (total !== undefined && received < total) throw new Error(`${total} bytes were announced`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    signal?.throwIfAborted();
    const reason = patient.signal.aborted
      ? `the server sent next to nothing for ${patience / 1000} seconds${far()}; try again, or ` +
        `download it in another way and name the file`
      : `${platform.reason(error)}${far()}`;
    throw new UserError(reason, { code: "no-file", cause: error });
  } finally {
    clearInterval(timer);
  }
}

/** How many bytes there will be; a packed answer's length is not the file's. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length && /^\d+$/.test(length) && !headers.has("content-encoding")
    ? Number(length)
    : undefined;
}

/** Pieces as one; a single one is not copied. */
export function joined(chunks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
