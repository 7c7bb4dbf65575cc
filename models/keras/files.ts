/** The files of a TensorFlow.js layers-model: `model.json`, and the weight shards it names. */
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import { UserError } from "../../core/errors.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { quoted } from "../../core/text.ts";
import type { LoadOptions } from "../../run/model.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { type Path, platform } from "../../platform/mod.ts";
import { download, joined } from "../_download.ts";

/** The largest topologies that are known have one megabyte; parsed, it takes thirty times as much. */
const MAX_JSON_BYTES = 2 ** 23;
/** All groups of shards together; each becomes one piece of memory. */
const MAX_SHARD_BYTES = 2 ** 32;
/** Ten times what the largest networks have. */
const MAX_WEIGHTS = 2 ** 16;
/** More axes than any layer's weights have. */
const MAX_RANK = 8;
/** Letters of a layer's or a weight's name, scopes included. */
const MAX_NAME = 1000;
/** Files are read in pieces of so many bytes, between which progress is told and an abort heard. */
const PIECE_BYTES = 2 ** 20;

/** One weight, as the manifest announces it. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Numbers stored as integers stand for `number · scale + min`. */
  readonly quantization?: { readonly min: number; readonly scale: number };
}

/** Shards whose bytes, joined, are the weights in order. */
interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/** A file of Keras's, in whatever format, read and checked as far as it does not concern layers. */
export interface KerasFile {
  /** As the user named it. */
  readonly source: string;
  /** The model, or an object with it as `model_config`; `keras_version` beside it. */
  readonly topology: Json;
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

/** An object of a JSON file. */
export type Json = Readonly<Record<string, unknown>>;

/** Gives up on a file: the reason goes into a sentence with its name. */
export type Fail = (reason: string, cause?: unknown) => never;

/** Whether something is a list of whole numbers from 0 up. */
export const isSizes = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);

/** Whether it can be the name of a layer or of a weight. */
export const isName = (x: unknown): x is string =>
  typeof x === "string" && x !== "" && x.length <= MAX_NAME;

/** How a value of a file looks in a message. */
export const shown = (x: unknown): string => x === undefined ? "nothing" : quoted(x);

/**
 * Reads a `model.json` from a path or an http(s) address.
 *
 * @throws UserError where it cannot be had or is no layers-model.
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
    const what = text.trimStart().startsWith("<") ? "it is a web page" : "it is not (whole) JSON";
    fail(`${what}, where a TensorFlow.js layers-model has its model.json`, cause);
  }
  if (!isObject(json)) fail("it is not a JSON object");
  const { modelTopology, weightsManifest, format } = json;
  if (format === "graph-model" || isObject(modelTopology) && Array.isArray(modelTopology.node)) {
    fail("it is a TensorFlow.js graph-model; only layers-models (tfjs, Keras) are understood");
  }
  if (!isObject(modelTopology) || !Array.isArray(weightsManifest)) {
    fail('it lacks a "modelTopology" or a "weightsManifest": no TensorFlow.js layers-model');
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

/** Where something lies that `model.json` (or a convention) names by a path relative to itself. */
export function beside(source: string, path: string): string {
  if (!isAddress(source)) return source.replace(/[^/\\]*$/, "") + path;
  const base = new URL(source);
  // encoded, so that no "%2e%2e" becomes ".."; a query (a token, say) holds for all files
  const url = new URL(path.split("/").map(encodeURIComponent).join("/"), base);
  url.search = base.search;
  return url.href;
}

/** Whether a model is named by an address, not by a path. */
export const isAddress = (source: string): boolean => /^(https?|file):/i.test(source);

/** What gives up on the model of a file. */
export const failure = (source: string): Fail => (reason, cause) => {
  throw new UserError(`Cannot load "${source}": ${reason}.`, { code: "bad-file", cause });
};

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const list = (paths: readonly string[]) =>
  paths.slice(0, 3).map((p) => `"${p}"`).join(", ") + (paths.length > 3 ? ", …" : "");
const specBytes = ({ shape, dtype }: WeightSpec) => sizeOf(shape) * bytesPerNumber(dtype);
const groupBytes = ({ weights }: Group) => sum(weights.map(specBytes));

/** The manifest's words for number formats, and ours. int32 and bool are of no use but have a size. */
const STORED = new Map<unknown, Dtype>([
  ["float32", "F32"],
  ["float16", "F16"],
  ["int32", "I32"],
  ["bool", "BOOL"],
]);
const QUANTIZED = new Map<unknown, Dtype>([["uint8", "U8"], ["uint16", "U16"]]);

function parseGroup(group: unknown, fail: Fail): Group {
  if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) {
    fail('its manifest has a group without "paths" or "weights"');
  }
  for (const path of group.paths) {
    // only downwards from where model.json lies
    const inside = typeof path === "string" && path !== "" && !/^[/\\]|[\\:\0]/.test(path) &&
      !path.split("/").includes("..");
    if (!inside) {
      fail(`its manifest names the shard ${shown(path)}, which does not lie beside model.json`);
    }
  }
  return { paths: group.paths, weights: group.weights.map((spec) => parseSpec(spec, fail)) };
}

/** Refuses a small manifest that announces more than there can be, or one file many times. */
function refuseAmplified(groups: readonly Group[], fail: Fail): void {
  const count = sum(groups.map(({ weights }) => weights.length));
  if (count > MAX_WEIGHTS) fail(`its manifest has ${count} weights; ${MAX_WEIGHTS} are the limit`);
  const bytes = sum(groups.map(groupBytes));
  if (!(bytes <= MAX_SHARD_BYTES)) {
    fail(`its manifest announces ${bytes} bytes of weights; ${MAX_SHARD_BYTES} are the limit`);
  }
  const seen = new Set<string>();
  for (const path of groups.flatMap(({ paths }) => paths)) {
    // "./a.bin" and "a.bin" are one
    const plain = path.split("/").filter((part) => part !== "" && part !== ".").join("/");
    if (seen.has(plain)) fail(`its manifest names the shard ${shown(path)} more than once`);
    seen.add(plain);
  }
}

function parseSpec(spec: unknown, fail: Fail): WeightSpec {
  if (!isObject(spec) || !isName(spec.name)) {
    fail(`its manifest has a weight without a name (of 1 to ${MAX_NAME} letters): ${shown(spec)}`);
  }
  const { name, shape, dtype: stored, quantization } = spec;
  if (!isSizes(shape) || shape.length > MAX_RANK) {
    fail(`its weight "${name}" has the shape ${shown(shape)}`);
  }
  if (quantization === undefined) {
    const dtype = STORED.get(stored);
    return dtype ? { name, shape, dtype } : fail(
      `its weight "${name}" has the number format ${shown(stored)}; float32, float16 and ` +
        `quantized uint8, uint16, float16 are understood`,
    );
  }
  if (!isObject(quantization) || stored !== "float32") {
    fail(`its weight "${name}" is quantized from ${shown(stored)}; only float32 is understood`);
  }
  if (quantization.dtype === "float16") return { name, shape, dtype: "F16" };
  const dtype = QUANTIZED.get(quantization.dtype), { min, scale } = quantization;
  if (!dtype || typeof min !== "number" || typeof scale !== "number") {
    fail(
      `its weight "${name}" is quantized as ${shown(quantization)}; uint8 and uint16 with min ` +
        `and scale, and float16 are understood`,
    );
  }
  return { name, shape, dtype, quantization: { min, scale } };
}

function decode(bytes: Uint8Array, { shape, dtype, quantization }: WeightSpec): Values {
  const numbers = widen(bytes, dtype);
  if (quantization) {
    // in place: widened integers are a copy; in double precision, rounded once
    const { min, scale } = quantization;
    for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i] * scale + min;
  }
  return values(numbers, shape);
}

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
  const path = isAddress(location) ? new URL(location) : location;
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
