/** The safetensors format, read and written: a JSON header and raw little-endian numbers. */
import { bytesPerNumber, type Dtype, dtypes, isDtype, widen } from "./_widen.ts";
import { UserError } from "./errors.ts";
import { toHalves } from "./half.ts";
import { parseJson } from "./json.ts";
import { lookIn, type Looking } from "./looking.ts";
import { sizeOf, type Values, values } from "./values.ts";

/** Room for 40 000 tensors; the format itself allows 100 MB, which take gigabytes and minutes. */
const MAX_HEADER_BYTES = 2 ** 22;
/** An object of objects of lists. */
const DEEPEST = 3;
const METADATA = "__metadata__";

/** What a safetensors file holds: its tensors in the header's order, and its free-text metadata. */
export interface Safetensors {
  /** By name, all of them Float32. */
  tensors: Map<string, Values>;
  /** What else its header says; empty where it says nothing. */
  metadata: Record<string, string>;
}

/** What a safetensors file says of its tensors, and where they lie in it. */
export interface SafetensorsHeader {
  /** By name, in the header's order. */
  readonly tensors: ReadonlyMap<string, SafetensorsPlace>;
  readonly metadata: Record<string, string>;
}

/** A tensor of a file. */
export interface SafetensorsPlace {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The file's byte at which its numbers begin. */
  readonly at: number;
}

/** Gives up on a file: the reason goes into a sentence with its name. */
type Fail = (reason: string, cause?: unknown) => never;

/**
 * Reads a safetensors file, trusting nothing in it: every length, offset and shape is checked
 * against the bytes that are there before anything is allocated.
 *
 * All numbers are widened to Float32: F16, BF16, BOOL, 8- and 16-bit integers exactly; F64 and
 * integers beyond ±2^24 rounded to the nearest Float32. F32 at an aligned address is not copied but
 * shares `bytes`.
 *
 * @param name what messages call the file
 * @throws UserError naming the file and the fault.
 * @example
 * ```ts
 * const { tensors } = readSafetensors(await Deno.readFile("resnet50.safetensors"));
 * tensors.get("fc.weight")?.shape; // [1000, 2048]
 * ```
 */
export function readSafetensors(bytes: Uint8Array, name = "safetensors"): Safetensors {
  const { tensors, metadata } = lookIn(safetensorsHeader(bytes.length, name), bytes);
  const read = ({ dtype, shape, at }: SafetensorsPlace) =>
    values(widen(bytes.subarray(at, at + sizeOf(shape) * bytesPerNumber(dtype)), dtype), shape);
  return { tensors: new Map([...tensors].map(([key, place]) => [key, read(place)])), metadata };
}

/**
 * Finds the tensors of a safetensors file of so many bytes, and checks all that it says of them.
 *
 * @param name what messages call the file
 * @throws UserError naming the file and the fault.
 */
export function* safetensorsHeader(fileBytes: number, name: string): Looking<SafetensorsHeader> {
  const fail: Fail = (reason, cause) => {
    const message = `Cannot read "${name}" as safetensors: ${reason}`;
    throw new UserError(message, { code: "bad-file", cause });
  };
  if (fileBytes < 8) fail(`${fileBytes} bytes are too few for a header`);
  const first = yield { at: 0, length: 8 };
  const headerBytes = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) {
    fail(`its header claims ${headerBytes} bytes, at most ${MAX_HEADER_BYTES} are read`);
  }
  const begins = 8 + headerBytes, dataBytes = fileBytes - begins;
  if (dataBytes < 0) {
    fail(`its header claims ${headerBytes} bytes, but ${fileBytes - 8} follow: a broken download?`);
  }
  const header = parseHeader(yield { at: 8, length: headerBytes }, fail);

  let metadata: Record<string, string> = {};
  const entries: { key: string; dtype: Dtype; shape: number[]; begin: number; end: number }[] = [];
  for (const [key, info] of Object.entries(header)) {
    if (!isRecord(info)) fail(`${quote(key)} is not described by an object`);
    if (key === METADATA) {
      if (!isTextRecord(info)) fail("its metadata is not text by text");
      metadata = info;
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = info;
    if (!isDtype(dtype)) {
      fail(
        `${quote(key)} has the number format ${quote(dtype)}; known are ${dtypes.join(", ")}`,
      );
    }
    if (!isSizes(shape)) fail(`${quote(key)} has the shape ${quote(shape)}`);
    if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
      fail(`${quote(key)} has the data offsets ${quote(offsets)}`);
    }
    const [begin, end] = offsets;
    if (end > dataBytes) {
      fail(`${quote(key)} ends at byte ${end} of ${dataBytes}: a broken download?`);
    }
    const needed = sizeOf(shape) * bytesPerNumber(dtype);
    if (needed !== end - begin) {
      fail(
        `${quote(key)} takes ${needed} bytes as ${dtype} ${quote(shape)}, but has ${end - begin}`,
      );
    }
    entries.push({ key, dtype, shape, begin, end });
  }

  let at = 0;
  for (
    const { key, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)
  ) {
    if (begin < at) fail(`${quote(key)} overlaps the tensor before it`);
    if (begin > at) fail(`${begin - at} bytes before ${quote(key)} belong to no tensor`);
    at = end;
  }
  if (at < dataBytes) fail(`${dataBytes - at} bytes at its end belong to no tensor`);

  const tensors = new Map(
    entries.map(({ key, dtype, shape, begin }) => [key, { dtype, shape, at: begins + begin }]),
  );
  return { tensors, metadata };
}

/**
 * Writes tensors as a safetensors file, in the order given, the data at an address divisible by 8.
 *
 * @param dtype `"F16"` halves the file; numbers beyond ±65504 become infinite
 * @example
 * ```ts
 * const map = values(new Float32Array(224 * 224), [224, 224]);
 * await Deno.writeFile("values.safetensors", writeSafetensors({ map }));
 * ```
 */
export function writeSafetensors(
  tensors: Record<string, Values>,
  metadata: Record<string, string> = {},
  dtype: "F32" | "F16" = "F32",
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors);
  if (Object.hasOwn(tensors, METADATA)) throw new Error(`"${METADATA}" cannot name a tensor`);
  const header: [string, unknown][] = Object.keys(metadata).length ? [[METADATA, metadata]] : [];
  let at = 0;
  for (const [key, { shape, length }] of entries) {
    const begin = at;
    at += length * bytesPerNumber(dtype);
    header.push([key, { dtype, shape, data_offsets: [begin, at] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;

  const file = new Uint8Array(8 + headerBytes + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes).set(json, 8);
  const data = dtype === "F16"
    ? new Uint16Array(file.buffer, 8 + headerBytes)
    : new Float32Array(file.buffer, 8 + headerBytes);
  let index = 0;
  for (const [, numbers] of entries) {
    data.set(dtype === "F16" ? toHalves(numbers) : numbers, index);
    index += numbers.length;
  }
  return file;
}

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let text: string, header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = parseJson(text, DEEPEST);
  } catch (cause) {
    return fail("its header is not JSON that names tensors", cause);
  }
  if (!isRecord(header) || text[0] !== "{") return fail("its header is not a JSON object");
  const twice = duplicateKey(text);
  return twice === undefined ? header : fail(`its header says ${quote(twice)} twice`);
}

const QUOTE = 34, BACKSLASH = 92, COLON = 58, OPEN = 123, CLOSE = 125;

/** The first key that an object of this valid JSON text has twice: `JSON.parse` keeps the last. */
function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === OPEN) open.push(new Set());
    else if (code === CLOSE) open.pop();
    else if (code === QUOTE) {
      const start = i++;
      let escapes = false;
      for (let code; (code = json.charCodeAt(i)) !== QUOTE; i++) {
        if (code === BACKSLASH) escapes = true, i++;
      }
      let next = i + 1;
      while (json.charCodeAt(next) <= 32) next++; // JSON's blanks
      if (json.charCodeAt(next) !== COLON) continue;
      const key = escapes ? JSON.parse(json.slice(start, i + 1)) : json.slice(start + 1, i);
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
}

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);
const isTextRecord = (x: Record<string, unknown>): x is Record<string, string> =>
  Object.values(x).every((text) => typeof text === "string");
const isSizes = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((size) => Number.isSafeInteger(size) && size >= 0);
/** The kind alone of what is nested: it may be too deep to print. */
const quote = (x: unknown): string =>
  Array.isArray(x)
    ? `[${x.slice(0, 8).map((item) => isNested(item) ? "…" : item).join(", ")}]`
    : isNested(x)
    ? "an object"
    : (JSON.stringify(x) ?? "nothing").slice(0, 80);
const isNested = (x: unknown): boolean => typeof x === "object" && x !== null;

/** `FILE.safetensors` or `FILE.safetensors#TENSOR` in its parts; undefined for any other text. */
export function tensorPath(source: string): { path: string; tensor?: string } | undefined {
  const [, path, tensor] = /^(.*?\.safetensors)(?:#(.*))?$/i.exec(source) ?? [];
  return path === undefined ? undefined : { path, tensor };
}
