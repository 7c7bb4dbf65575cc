/** The files of an ONNX model: its own, and those with numbers that lie beside it. */
import type { TensorProto } from "../../deps/onnx_buf.ts";
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
} from "../../deps/onnx_buf.ts";
import { UserError } from "../../core/errors.ts";
import { quoted } from "../../core/text.ts";
import type { LoadOptions } from "../../run/model.ts";
import { platform } from "../../platform/mod.ts";
import { download, joined } from "../_download.ts";
import { beside, isBeside, pathOf } from "../_location.ts";
import { MAX_DATA_BYTES, MAX_DATA_FILES, MAX_FILE_BYTES, MAX_NAME } from "./_limits.ts";
import { type Fail, failure, type OnnxFile, parseModel } from "./file.ts";

/** Files are read in pieces of so many bytes, between which progress is told and an abort heard. */
const PIECE_BYTES = 2 ** 20;

/** Path of a file beside the model → its bytes. */
export type DataFiles = ReadonlyMap<string, Uint8Array>;

type Reading = Pick<LoadOptions, "signal" | "onProgress">;

/** A model's file and the data beside it. */
export interface Files {
  readonly file: OnnxFile;
  readonly data: DataFiles;
  /** Of the model's file, then of the others in the order in which it names them. */
  readonly sha256: string;
}

/** Reads a model. @throws UserError where it, or what it names, cannot be had or is damaged. */
export async function readFiles(source: string, options: Reading = {}): Promise<Files> {
  const fail: Fail = failure(source), hash = platform.startSha256();
  let bytes: Uint8Array;
  try {
    bytes = await read(source, MAX_FILE_BYTES, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return fail(platform.reason(error), error, "no-file");
  }
  hash.update(bytes);
  const file = parseModel(bytes, source), data = new Map<string, Uint8Array>();
  for (const tensor of file.initializers.values()) align(tensor);
  let left = MAX_DATA_BYTES;
  for (const path of dataPaths(file)) {
    try {
      const part = await read(beside(source, path), left, options);
      left -= part.length;
      hash.update(part);
      data.set(path, part);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      fail(`its external data "${path}" cannot be read: ${platform.reason(error)}`, error);
    }
  }
  return { file, data, sha256: hash.hex() };
}

/** From so many bytes on, a field's tag and length take four and more. */
const LONG_BYTES = 2 ** 14;

/**
 * Moves a large weight's numbers to where they are read without being copied: some bytes ahead, over
 * their field's own tag and length, which have been read.
 */
function align(tensor: TensorProto): void {
  const { buffer, byteOffset, length } = tensor.rawData, ahead = byteOffset % 4;
  if (tensor.dataType !== Type.FLOAT || ahead === 0 || length < LONG_BYTES) return;
  const begin = byteOffset - ahead;
  new Uint8Array(buffer).copyWithin(begin, byteOffset, byteOffset + length);
  tensor.rawData = new Uint8Array(buffer, begin, length);
}

/** What a tensor says of where its numbers are. */
export const placeOf = (tensor: TensorProto): ReadonlyMap<string, string> =>
  new Map(tensor.externalData.map(({ key, value }) => [key, value]));

/** The files that a model's weights name, each once. */
function dataPaths({ source, initializers }: OnnxFile): string[] {
  const fail: Fail = failure(source), paths = new Set<string>();
  for (const tensor of initializers.values()) {
    if (tensor.dataLocation !== Location.EXTERNAL) continue;
    const path = placeOf(tensor).get("location");
    if (!isBeside(path) || path.length > MAX_NAME) {
      return fail(
        `its weight "${tensor.name}" lies in ${quoted(path)}, which is not beside the model`,
      );
    }
    paths.add(path);
    if (paths.size > MAX_DATA_FILES) fail(`its weights lie in more than ${MAX_DATA_FILES} files`);
  }
  return [...paths];
}

/** Reads a file or a download whole, `limit` bytes at most. */
async function read(
  location: string,
  limit: number,
  { signal, onProgress }: Reading,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  if (/^https?:/i.test(location)) {
    let received = 0;
    for await (const { chunk, total } of download(location, { signal, limit })) {
      chunks.push(chunk);
      onProgress?.(received += chunk.length, total);
    }
    return joined(chunks);
  }
  const path = pathOf(location);
  const { kind, bytes } = await platform.stat(path);
  if (kind !== "file") {
    throw new UserError(kind === "folder" ? "it is a folder" : "it is not a plain file");
  }
  if (bytes > limit) throw new UserError(`it has ${bytes} bytes, at most ${limit} are read`);
  const whole = new Uint8Array(bytes);
  await using file = await platform.openFile(path);
  for (let at = 0; at < bytes;) {
    signal?.throwIfAborted();
    const piece = await file.read(at, Math.min(PIECE_BYTES, bytes - at));
    if (piece.length === 0) return whole.subarray(0, at); // the file became shorter
    whole.set(piece, at);
    at += piece.length;
    onProgress?.(at, bytes);
  }
  return whole;
}
