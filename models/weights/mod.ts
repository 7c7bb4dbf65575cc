/** Weight files: from a path or an address to named tensors, whatever the format. */
import { UserError } from "../../core/errors.ts";
import { lookIn, type Looking } from "../../core/looking.ts";
import { oddity } from "../../core/oddity.ts";
import { safetensorsHeader } from "../../core/safetensors.ts";
import { platform } from "../../platform/mod.ts";
import type { OpenWeights } from "../../run/model.ts";
import { download, joined } from "../_download.ts";
import { pathOf } from "../_location.ts";
import { addressed, fileAt } from "../hub/address.ts";
import { Once } from "../_once.ts";
import { opened } from "./_opened.ts";
import { legacyPth, zippedPth } from "./pth.ts";
import { contiguous, type StateDict, type StoredTensors, tensorsIn } from "./stored.ts";

export {
  behindPrefix,
  bindStateDict,
  fitsBehindPrefix,
  fitsTwice,
  type ParameterSpec,
} from "./bind.ts";
export type { StateDict } from "./stored.ts";

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
  await using file = await openWeights(source, options);
  return { ...await file.readAll(), source: file.source };
}

/** Opens weights, likewise, without reading their numbers. */
export async function openWeights(
  source: string | URL,
  options: LoadWeightsOptions = {},
): Promise<OpenWeights> {
  const name = String(source), { signal } = options;
  signal?.throwIfAborted();
  if (!/^https?:/i.test(name)) return await openFile(name, pathOf(name), name, signal);
  const kept = addressed(name);
  if (kept) return await openKept(name, kept.sha256, () => fileAt(kept, options), options);
  const bytes = await downloadWhole(name, options);
  const once = new Once(
    {
      bytes: bytes.length,
      read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
    },
    name,
    signal,
  );
  return opened(once, await once.look(weightsIn(bytes.length, name)), name, {
    check: (sha256) =>
      options.onNote?.(
        `The address says no hash, so the file was not kept; with "#sha256=${sha256}" at its end ` +
          `it is fetched once.`,
      ),
  });
}

/**
 * Opens a file that a cache keeps.
 *
 * @param name what they are called: a published file's address, or its place on the hub
 * @param begins how their SHA-256 has to begin, where that is known
 * @param fetched brings the file where it is not there, and tells its path
 * @throws UserError where it cannot be had; where it is read, if it has another hash than it should.
 */
export async function openKept(
  name: string,
  begins: string | undefined,
  fetched: () => Promise<string>,
  { signal }: LoadWeightsOptions,
): Promise<OpenWeights> {
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
  return await openFile(path, path, name, signal, async (sha256) => {
    if (begins === undefined || sha256.startsWith(begins)) return;
    throw new UserError(
      `Cannot use "${await platform.realPath(path)}", which is kept of "${name}": its SHA-256 is ` +
        `${sha256}, not ${begins}. Remove it, and it is fetched again.`,
      { code: "bad-file", option: "weights" },
    );
  });
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
export const parseWeights = (bytes: Uint8Array, name: string): StateDict =>
  tensorsIn(bytes, lookIn(weightsIn(bytes.length, name), bytes));

/** How much of a file tells what it is. */
const HEAD_BYTES = 4096;

/** Finds the tensors of a weight file of so many bytes, whatever its format. */
function* weightsIn(size: number, name: string): Looking<StoredTensors> {
  const head = yield { at: 0, length: HEAD_BYTES };
  const starts = (...prefix: number[]) => prefix.every((byte, i) => head[i] === byte);
  if (isSafetensors(head)) {
    const { tensors } = yield* safetensorsHeader(size, name);
    if (tensors.size === 0) throw new UserError(`Cannot use "${name}": it holds no tensors`);
    return new Map([...tensors].map(([key, { dtype, shape, at }]) => [
      key,
      contiguous(dtype, shape, at),
    ]));
  }
  if (starts(0x50, 0x4b, 0x03, 0x04)) return yield* zippedPth(size, name);
  if (starts(0x80)) return yield* legacyPth(size, name);
  throw new UserError(
    `Cannot read "${name}": ${guess(head)}. Weights are read from .safetensors, .pth and .th files`,
  );
}

function guess(bytes: Uint8Array): string {
  const odd = oddity(bytes);
  if (odd) return `it is ${odd}`;
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith("HDF", 1)) return "it is HDF5, perhaps of Keras";
  return "it is neither safetensors nor a PyTorch checkpoint";
}

/**
 * Opens a file of this machine.
 *
 * @param called what messages call it
 * @param source what it is said to be of
 * @param check is told the SHA-256, also where the file is damaged
 */
async function openFile(
  called: string,
  path: string | URL,
  source: string,
  signal?: AbortSignal,
  check?: (sha256: string) => unknown,
): Promise<OpenWeights> {
  const refuse = (reason: string, cause?: unknown): never => {
    const code = cause === undefined ? "bad-file" : "no-file";
    const option = cause === undefined ? "weights" : undefined;
    throw new UserError(`Cannot load weights from "${called}": ${reason}`, { code, option, cause });
  };
  const failed = (error: unknown) => refuse(platform.reason(error), error);
  const { kind, bytes } = await platform.stat(path).catch(failed);
  if (kind === "folder") refuse("it is a folder, not a file");
  // a pipe or a device may never end
  if (kind !== "file") refuse("it is not a plain file");
  if (bytes > MAX_BYTES) refuse(`it has ${bytes} bytes, at most ${MAX_BYTES} are read`);
  const file = await platform.openFile(path).catch(failed);
  const once = new Once(file, called, signal);
  try {
    const stored = await once.look(weightsIn(file.bytes, called));
    return opened(once, stored, source, {
      check,
      close: async () => await file[Symbol.asyncDispose](),
    });
  } catch (error) {
    try {
      if (check && !signal?.aborted) await check(await once.sha256());
      throw error;
    } finally {
      await file[Symbol.asyncDispose]();
    }
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
