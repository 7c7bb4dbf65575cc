/** Downloads: by address, piece by piece, with an end to size and to patience. */
import { UserError, type UserErrorCode } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** How to download. */
export interface DownloadOptions {
  /** Stops the download. */
  readonly signal?: AbortSignal;
  /** Bytes that there may be at most; as the file is, not as a server packs it. Default 4 GiB. */
  readonly limit?: number;
  /** Milliseconds in which {@link LEAST_BYTES} must come, the connecting included. Default 30 000. */
  readonly patience?: number;
  /** From which byte on it is wanted. A server may send all of it nevertheless. Default 0. */
  readonly from?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A piece of a file. */
export interface Piece {
  readonly chunk: Uint8Array<ArrayBuffer>;
  /** The place of its first byte in the file. */
  readonly at: number;
  /** The size of the whole file, where the server says it. */
  readonly total?: number;
}

/** What is known of a download that failed. */
export interface DownloadFault extends ErrorOptions {
  readonly code?: UserErrorCode;
  /** What the server answered, where it did. */
  readonly response?: Response;
  /** Whether it may be otherwise in a while. */
  readonly passing?: boolean;
}

/** A download that failed; its message is a reason, for the end of a sentence. */
export class DownloadError extends UserError {
  override name = "UserError"; // to those who catch it it is one
  readonly passing: boolean;
  readonly response?: Response;

  constructor(message: string, fault: DownloadFault = {}) {
    super(message, { code: fault.code ?? "no-file", cause: fault.cause });
    this.passing = fault.passing ?? false;
    this.response = fault.response;
  }
}

/** The answers of a server that may be otherwise in a while. */
export const isPassing = (status: number): boolean =>
  status === 408 || status === 429 || status >= 500;

/** The error that a server's answer means. */
export function answered(response: Response): DownloadError {
  const status = `${response.status} ${response.statusText}`.trimEnd();
  return new DownloadError(`the server answered ${status}`, {
    response,
    passing: isPassing(response.status),
  });
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
 * @throws DownloadError where it cannot be had whole, is larger than the limit, or does not come on.
 * @throws the signal's reason once it is aborted.
 */
export async function* download(
  url: string,
  { signal, limit = LIMIT, patience = PATIENCE_MS, from = 0, headers = {} }: DownloadOptions = {},
): AsyncGenerator<Piece> {
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
    const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    const response = await fetch(url, { signal: both, headers: { ...headers, ...range } });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw answered(response);
    }
    const { start, total } = extentOf(response);
    if (start !== 0 && start !== from) {
      await response.body.cancel();
      throw new DownloadError(`the server sent bytes from ${start} on, not from ${from}`);
    }
    const tooLarge = (bytes: number | string) =>
      new DownloadError(`it has ${bytes} bytes, at most ${limit} are downloaded`, {
        code: "bad-file",
      });
    if (total !== undefined && total > limit) {
      await response.body.cancel();
      throw tooLarge(total);
    }
    for await (const chunk of response.body) {
      const at = start + received;
      received += chunk.length;
      if (at + chunk.length > limit) throw tooLarge(`more than ${limit}`);
      yield { chunk, at, total };
    }
    if (total !== undefined && start + received < total) {
      throw new Error(`${total} bytes were announced`);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    signal?.throwIfAborted();
    const reason = patient.signal.aborted
      ? `the server sent next to nothing for ${patience / 1000} seconds${far()}; try again, or ` +
        `download it in another way and name the file`
      : `${platform.reason(error)}${far()}`;
    throw new DownloadError(reason, { cause: error, passing: true });
  } finally {
    clearInterval(timer);
  }
}

/** Which part of the file comes, and how large the whole is; a packed answer's length is not its. */
function extentOf({ status, headers }: Response): { start: number; total?: number } {
  const length = headers.get("content-length");
  const bytes = length && /^\d+$/.test(length) && !headers.has("content-encoding")
    ? Number(length)
    : undefined;
  const part = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status !== 206 || !part) return { start: 0, total: bytes };
  const start = Number(part[1]), rest = bytes === undefined ? undefined : start + bytes;
  return { start, total: part[2] === "*" ? rest : Number(part[2]) };
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
