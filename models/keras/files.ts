/** The files of a TensorFlow.js model: `model.json`, and the weight shards it names. */
import { UserError } from "../../core/errors.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { oddity } from "../../core/oddity.ts";
import type { LoadOptions } from "../../run/model.ts";
import type { Values } from "../../core/values.ts";
import { type Path, platform } from "../../platform/mod.ts";
import { download, joined } from "../_download.ts";
import { beside, pathOf } from "../_location.ts";
import {
  decode,
  type Fail,
  type Group,
  groupBytes,
  type Json,
  parseGroup,
  refuseAmplified,
  specBytes,
  sum,
  type WeightSpec,
} from "./manifest.ts";

export { type Fail, isName, type Json, shown, type WeightSpec } from "./manifest.ts";

/** The largest topologies that are known have one megabyte; parsed, it takes thirty times as much. */
const MAX_JSON_BYTES = 2 ** 23;
/** Files are read in pieces of so many bytes, between which progress is told and an abort heard. */
const PIECE_BYTES = 2 ** 20;

/** A model of Keras or TensorFlow.js, in whatever format, checked as far as layers do not matter. */
export interface KerasFile {
  /** As the user named it. */
  readonly source: string;
  /** The model, or an object with it as `model_config`; `keras_version` beside it. */
  readonly topology: Json;
  /** Of a graph-model alone, whose topology is a list of nodes: what it calls its ends. */
  readonly signature?: Json;
  /** Its weights, by name. */
  readonly specs: ReadonlyMap<string, WeightSpec>;
  /**
   * Reads weights, widened to Float32.
   *
   * @param needed names of those that are wanted
   * @returns Name → numbers, and the SHA-256 of all that the model consists of.
   * @throws UserError where they cannot be had, or are not as announced.
   */
  read(
    needed: ReadonlySet<string>,
    options: Pick<LoadOptions, "signal" | "onProgress">,
  ): Promise<{ weights: Map<string, Values>; sha256: string }>;
}

/** A `model.json` and where its weights are. */
interface Manifest {
  readonly source: string;
  readonly groups: readonly Group[];
  /** All of it as it was read: the model's hash begins with these. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a `model.json` from a path or an http(s) address.
 *
 * @throws UserError where it cannot be had or is no model of TensorFlow.js.
 */
export async function readModelFile(
  source: string,
  signal?: AbortSignal,
): Promise<KerasFile> {
  const fail: Fail = failure(source);
  const bytes = joined(await read(source, MAX_JSON_BYTES, fail, { signal, isPart: false }));
  const text = new TextDecoder().decode(bytes);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    const what = oddity(bytes) ??
      "not (whole) JSON, where a TensorFlow.js model has its model.json";
    fail(`it is ${what}`, cause);
  }
  if (!isObject(json)) fail("it is not a JSON object");
  const { modelTopology, weightsManifest, format, signature } = json;
  const isGraph = format === "graph-model" ||
    isObject(modelTopology) && Array.isArray(modelTopology.node);
  if (!isObject(modelTopology) || !Array.isArray(weightsManifest)) {
    const kind = isGraph ? "graph-model" : "layers-model";
    fail(`it lacks a "modelTopology" or a "weightsManifest": no TensorFlow.js ${kind}`);
  }
  const groups = weightsManifest.map((group) => parseGroup(group, fail));
  refuseAmplified(groups, fail);
  const specs = new Map<string, WeightSpec>();
  for (const spec of groups.flatMap((group) => group.weights)) {
    if (specs.has(spec.name)) fail(`its manifest names the weight "${spec.name}" twice`);
    specs.set(spec.name, spec);
  }
  return {
    source,
    topology: modelTopology,
    specs,
    ...(isGraph ? { signature: isObject(signature) ? signature : {} } : {}),
    read: (needed, options) => readWeights({ source, groups, bytes }, needed, options),
  };
}

/** Reads all shards: those that are not wanted for the hash alone. */
async function readWeights(
  file: Manifest,
  needed: ReadonlySet<string>,
  { signal, onProgress }: Pick<LoadOptions, "signal" | "onProgress">,
): Promise<{ weights: Map<string, Values>; sha256: string }> {
  const fail: Fail = failure(file.source);
  const total = sum(file.groups.map(groupBytes));
  const hash = platform.startSha256();
  hash.update(file.bytes);
  const weights = new Map<string, Values>();
  let received = 0;
  for (const group of file.groups) {
    const expected = groupBytes(group), chunks: Uint8Array<ArrayBuffer>[] = [];
    let left = expected;
    for (const path of group.paths) {
      const shard = await read(beside(file.source, path), left, fail, {
        signal,
        onChunk: (bytes) => onProgress?.(received += bytes, total),
      });
      for (const chunk of shard) {
        hash.update(chunk);
        left -= chunk.length;
        chunks.push(chunk);
      }
    }
    if (left > 0) {
      fail(
        `its shards ${list(group.paths)} hold ${expected - left} bytes of the ${expected} that ` +
          `its manifest announces: a broken download?`,
      );
    }
    const bytes = joined(chunks);
    let at = 0;
    for (const spec of group.weights) {
      const own = bytes.subarray(at, at += specBytes(spec));
      if (needed.has(spec.name)) weights.set(spec.name, decode(own, spec));
    }
  }
  return { weights, sha256: hash.hex() };
}

/** What gives up on the model of a file. */
export const failure = (source: string): Fail => (reason, cause) => {
  throw new UserError(`Cannot load "${source}": ${reason}.`, { code: "bad-file", cause });
};

const list = (paths: readonly string[]) =>
  paths.slice(0, 3).map((p) => `"${p}"`).join(", ") + (paths.length > 3 ? ", …" : "");

interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly onChunk?: (bytes: number) => void;
  /** false for `model.json` itself, which messages name anyway. */
  readonly isPart?: boolean;
}

/** Reads a file or a download in pieces, `limit` bytes at most. */
export async function read(
  location: string,
  limit: number,
  fail: Fail,
  { signal, onChunk, isPart = true }: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>[]> {
  signal?.throwIfAborted();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for await (const chunk of await open(location, limit, signal)) {
      signal?.throwIfAborted();
      bytes += chunk.length;
      if (bytes > limit) {
        const how = isPart ? "the expected" : "any topology has:";
        throw new UserError(`there are more than ${how} ${limit} bytes`);
      }
      chunks.push(chunk);
      onChunk?.(chunk.length);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    const reason = platform.reason(error);
    fail(isPart ? `its part "${location.split("?")[0]}" cannot be read: ${reason}` : reason, error);
  }
  return chunks;
}

async function open(
  location: string,
  limit: number,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array<ArrayBuffer>>> {
  if (/^https?:/i.test(location)) return chunksOf(download(location, { signal, limit }));
  const path = pathOf(location);
  const { kind } = await platform.stat(path);
  if (kind !== "file") {
    throw new UserError(kind === "folder" ? "it is a folder" : "it is not a plain file");
  }
  return pieces(path);
}

async function* chunksOf(downloaded: ReturnType<typeof download>) {
  for await (const { chunk } of downloaded) yield chunk;
}

async function* pieces(path: Path): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await using file = await platform.openFile(path);
  for (let at = 0; at < file.bytes;) {
    const piece = await file.read(at, PIECE_BYTES);
    if (piece.length === 0) return; // the file became shorter
    yield piece;
    at += piece.length;
  }
}
