/** Weight files: from a path or an address to named tensors, whatever the format. */
import { UserError } from "../../core/errors.ts";
import { oddity } from "../../core/oddity.ts";
import { readSafetensors } from "../../core/safetensors.ts";
import { platform } from "../../platform/mod.ts";
import { download, joined } from "../_download.ts";
import { pathOf } from "../_location.ts";
import { addressed, fileAt } from "../hub/address.ts";
import { readLegacyPth, readZippedPth, type StateDict } from "./pth.ts";

export { behindPrefix, bindStateDict, fitsBehindPrefix, type ParameterSpec } from "./bind.ts";
export type { StateDict } from "./pth.ts";

/** Larger than any network that is explained here: 4 GiB. */
const MAX_BYTES = 2 ** 32;

/** The tensors of a weight file and where they came from. */
export interface WeightFile {
  /** By PyTorch's names, in PyTorch's layout. */
  tensors: StateDict;
  /** Of the whole file, in lower-case hexadecimal. */
  sha256: string;
  /** The path or address as given. */
  source: string;
}

/** How to load a weight file. */
export interface LoadWeightsOptions {
  /** Stops a download or the reading of a file. */
  signal?: AbortSignal;
  /** Hears of a download's bytes so far, and of all, where the server says how many. */
  onProgress?: (received: number, total?: number) => void;
  /** Hears a sentence of what takes long, or could be faster. */
  onNote?: (sentence: string) => void;
}

/**
 * Loads weights from a file or an http(s) address. An address that says its hash
 * (`https://…#sha256=…`, or one of torchvision's) is fetched once and kept; of others nothing is. A
 * download may have 4 GiB, and ends where next to nothing comes for 30 seconds.
 *
 * @throws UserError where the file cannot be had or is no weight file; whatever `signal` gives as
 * its reason when it aborts.
 * @example
 * ```ts
 * const { tensors, sha256 } = await loadWeights("resnet20-12fca82f.th");
 * ```
 */
export async function loadWeights(
  source: string | URL,
  options: LoadWeightsOptions = {},
): Promise<WeightFile> {
  const name = String(source), isAddress = /^https?:/i.test(name);
  options.signal?.throwIfAborted();
  const kept = isAddress ? addressed(name) : undefined;
  if (kept) return await loadKept(name, kept.sha256, () => fileAt(kept, options), options);
  const bytes = isAddress
    ? await downloadWhole(name, options)
    : await readFile(name, pathOf(name), options.signal);
  const sha256 = await platform.sha256(bytes);
  if (isAddress) {
    options.onNote?.(
      `The address says no hash, so the file was not kept; with "#sha256=${sha256}" at its end it ` +
        `is fetched once.`,
    );
  }
  return { tensors: parseWeights(bytes, name), sha256, source: name };
}

/**
 * Loads weights from a file that a cache keeps.
 *
 * @param name what they are called: a published file's address, or its place on the hub
 * @param begins how their SHA-256 has to begin, where that is known
 * @param fetched brings the file where it is not there, and tells its path
 * @throws UserError where it cannot be had, or has another hash than it should.
 */
export async function loadKept(
  name: string,
  begins: string | undefined,
  fetched: () => Promise<string>,
  options: LoadWeightsOptions,
): Promise<WeightFile> {
  let path: string;
  try {
    path = await fetched();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Cannot download "${name}": ${error.message}.`, {
      code: error.code,
      option: "weights",
      cause: error,
    });
  }
  const bytes = await readFile(path, path, options.signal), sha256 = await platform.sha256(bytes);
  if (begins !== undefined && !sha256.startsWith(begins)) {
    throw new UserError(
      `Cannot use "${await platform.realPath(path)}", which is kept of "${name}": its SHA-256 is ` +
        `${sha256}, not ${begins}. Remove it, and it is fetched again.`,
      { code: "bad-file", option: "weights" },
    );
  }
  return { tensors: parseWeights(bytes, path), sha256, source: name };
}

/**
 * Whether a file begins as safetensors do: a header's length below 2^40, then its brace. No other
 * format has them there, while the length may begin with any byte.
 */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;

/**
 * Reads the bytes of a weight file: safetensors, or a PyTorch checkpoint, zipped or legacy. What it
 * is shows in its content; its name is for messages only.
 *
 * @throws UserError naming the file and the fault, or what it seems to be instead.
 */
export function parseWeights(bytes: Uint8Array, name: string): StateDict {
  const starts = (...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);
  if (isSafetensors(bytes)) {
    const { tensors } = readSafetensors(bytes, name);
    if (tensors.size === 0) throw new UserError(`Cannot use "${name}": it holds no tensors`);
    return tensors;
  }
  if (starts(0x50, 0x4b, 0x03, 0x04)) return readZippedPth(bytes, name);
  if (starts(0x80)) return readLegacyPth(bytes, name);
  throw new UserError(
    `Cannot read "${name}": ${
      guess(bytes)
    }. Weights are read from .safetensors, .pth and .th files`,
  );
}

function guess(bytes: Uint8Array): string {
  const odd = oddity(bytes);
  if (odd) return `it is ${odd}`;
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith("HDF", 1)) return "it is HDF5, perhaps of Keras";
  return "it is neither safetensors nor a PyTorch checkpoint";
}

async function readFile(
  name: string,
  path: string | URL,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { kind, bytes } = await platform.stat(path);
    const refuse = (reason: string) =>
      new UserError(`Cannot load weights from "${name}": ${reason}`, {
        code: "bad-file",
        option: "weights",
      });
    if (kind === "folder") throw refuse("it is a folder, not a file");
    // a pipe or a device may never end
    if (kind !== "file") throw refuse("it is not a plain file");
    if (bytes > MAX_BYTES) throw refuse(`it has ${bytes} bytes, at most ${MAX_BYTES} are read`);
    return await platform.readFile(path, { signal });
  } catch (error) {
    if (error instanceof UserError || signal?.aborted) throw error;
    const reason = platform.reason(error);
    throw new UserError(`Cannot load weights from "${name}": ${reason}`, {
      code: "no-file",
      cause: error,
    });
  }
}

/** The whole of a file at an address. */
async function downloadWhole(
  url: string,
  { signal, onProgress }: LoadWeightsOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  try {
    for await (const { chunk, total } of download(url, { signal, limit: MAX_BYTES })) {
      chunks.push(chunk);
      received += chunk.length;
      onProgress?.(received, total);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Cannot download "${url}": ${error.message}`, {
      code: error.code,
      option: "weights",
      cause: error.cause,
    });
  }
  return joined(chunks);
}
