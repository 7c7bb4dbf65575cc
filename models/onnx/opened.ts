/** The files of a model, open: its own, and those with numbers that lie beside it. */
import { UserError } from "../../core/errors.ts";
import { sizeOf } from "../../core/values.ts";
import type { TensorProto } from "../../deps/onnx_buf.ts";
import { platform } from "../../platform/mod.ts";
import type { OpenFile, Sha256 } from "../../platform/platform.ts";
import type { LoadOptions } from "../../run/model.ts";
import { download, joined } from "../_download.ts";
import { beside, pathOf } from "../_location.ts";
import { Once, type Readable } from "../_once.ts";
import { MAX_DATA_BYTES, MAX_FILE_BYTES, MAX_FOLDED } from "./_limits.ts";
import { dataPaths, spanOf } from "./external.ts";
import { type Fail, failure, modelIn, type OnnxFile, tensorsIn } from "./file.ts";
import { readLate } from "./late.ts";
import { LONG_BYTES } from "./skeleton.ts";
import { bytesOf, holds, type Place, type Places } from "./tensors.ts";

type Reading = Pick<LoadOptions, "signal" | "onProgress">;

/** A model's file without its weights' long numbers, and where these lie. */
export interface Files {
  readonly file: OnnxFile;
  readonly places: Places;
}

/** Likewise, to be read on. */
export interface OpenFiles extends Files, AsyncDisposable {
  /** The model's, then the others in the order in which it names them. */
  readonly opened: readonly Once[];
  /** Takes in all of them, as they are read. */
  readonly hash: Sha256;
}

/** Opens a model. @throws UserError where it, or what it names, cannot be had or is damaged. */
export async function openFiles(source: string, options: Reading = {}): Promise<OpenFiles> {
  const fail: Fail = failure(source), hash = platform.startSha256(), { signal } = options;
  const held = await open(
    source,
    MAX_FILE_BYTES,
    options,
    (error) => fail(platform.reason(error), error, "no-file"),
    platform.openFile,
  );
  try {
    const main = new Once(held, source, signal, hash), others = new Map<string, Once>();
    const file = await main.look(modelIn(held.bytes, source));
    let left = MAX_DATA_BYTES;
    for (const path of dataPaths(file)) {
      const where = beside(source, path);
      const other = await open(
        where,
        left,
        options,
        (error) =>
          fail(`its external data "${path}" cannot be read: ${platform.reason(error)}`, error),
        openEachTime,
      );
      left -= other.bytes;
      others.set(path, new Once(other, where, signal, hash));
    }
    return {
      file,
      places: await withEarly(file, placesIn(file, main, others), fail),
      opened: [main, ...others.values()],
      hash,
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where the numbers of a model's tensors lie that are not in its message. */
function placesIn(file: OnnxFile, main: Once, others: ReadonlyMap<string, Once>) {
  const places = new Map<TensorProto, Place>();
  for (const [tensor, span] of file.left) places.set(tensor, { ...span, file: main });
  for (const tensor of tensorsIn(file)) {
    const span = spanOf(tensor), other = span && others.get(span.path);
    if (other) places.set(tensor, { ...span, file: other });
  }
  return places;
}

/** Reads what the graph follows from, and what is not worth to be waited for. */
async function withEarly(file: OnnxFile, places: Places, fail: Fail): Promise<Places> {
  const late = readLate(file), read = new Map(places);
  let numbers = 0;
  for (const [tensor, place] of places) {
    if (late.has(tensor) && place.length >= LONG_BYTES) continue;
    if (!holds(place, bytesOf(tensor))) continue; // which is said where it is used
    numbers += sizeOf(tensor.dims.map(Number));
    if (numbers > MAX_FOLDED) fail(`its constants have more than ${MAX_FOLDED} numbers`);
    read.set(tensor, { ...place, bytes: await place.file.span(place) });
  }
  return read;
}

/** Opens a file for each piece of it: there may be as many as a model has weights. */
async function openEachTime(path: string | URL): Promise<OpenFile> {
  const { bytes } = await platform.stat(path);
  return {
    bytes,
    async read(at, length) {
      await using file = await platform.openFile(path);
      return await file.read(at, length);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Opens a file, or downloads one.
 *
 * @param limit Of its bytes.
 * @param failed Hears why it cannot be read.
 * @param opener Opens it, where it is on this machine.
 */
async function open(
  location: string,
  limit: number,
  options: Reading,
  failed: (error: unknown) => never,
  opener: (path: string | URL) => Promise<OpenFile>,
): Promise<Readable & AsyncDisposable> {
  const { signal, onProgress } = options;
  const trying = async <T>(work: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted) throw error;
      return failed(error);
    }
  };
  if (/^https?:/i.test(location)) {
    const bytes = await trying(() => downloaded(location, limit, options));
    return {
      bytes: bytes.length,
      read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const file = await trying(() => opened(pathOf(location), limit, opener)), { bytes } = file;
  let received = 0;
  return {
    bytes,
    async read(at, length) {
      const piece = await trying(() => file.read(at, length));
      onProgress?.(received += piece.length, bytes);
      return piece;
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** A plain file, open. */
async function opened(
  path: string | URL,
  limit: number,
  opener: (path: string | URL) => Promise<OpenFile>,
): Promise<OpenFile> {
  const { kind, bytes } = await platform.stat(path);
  if (kind !== "file") {
    throw new UserError(kind === "folder" ? "it is a folder" : "it is not a plain file");
  }
  if (bytes > limit) throw new UserError(`it has ${bytes} bytes, at most ${limit} are read`);
  return await opener(path);
}

async function downloaded(
  address: string,
  limit: number,
  { signal, onProgress }: Reading,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  for await (const { chunk, total } of download(address, { signal, limit })) {
    chunks.push(chunk);
    onProgress?.(received += chunk.length, total);
  }
  return joined(chunks);
}
