/** The parts of a ZIP archive, found through its directory; zip64 included, no decompression. */
import { lookIn, type Looking } from "../../core/looking.ts";
import { quoted } from "../../core/text.ts";
import { Reader } from "./_reader.ts";

/** One file of an archive; `data` is as stored, so still packed where `compressed`. */
export interface ZipEntry {
  data: Uint8Array;
  compressed: boolean;
}

/** One file of an archive, as the directory has it. */
export interface ZipPlace {
  readonly name: string;
  /** The archive's byte at which its own header begins. */
  readonly header: number;
  /** Its size as stored. */
  readonly bytes: number;
  readonly compressed: boolean;
}

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const END64 = 0x06064b50, LOCATOR64 = 0x07064b50;
/** Bytes of these records, as far as they are of a known length. */
const LOCAL_BYTES = 30, END_BYTES = 22, END64_BYTES = 56, LOCATOR64_BYTES = 20;
const LATER = 0xffffffff; // "see the zip64 field"
/** Far above any checkpoint's need (a file for each tensor): an entry takes ten times its bytes. */
const MAX_ENTRIES = 2 ** 17;
/** As many entries with long names. */
const MAX_DIRECTORY_BYTES = 2 ** 26;

const decoder = new TextDecoder();

/** The name of the first part of what begins as an archive; undefined where it does not. */
export function firstPart(head: Uint8Array): string | undefined {
  if (![0x50, 0x4b, 3, 4].every((byte, i) => head[i] === byte)) return undefined;
  return decoder.decode(head.subarray(30, 30 + head[26] + 256 * head[27]));
}

/**
 * Lists an archive's files by name, as views of `bytes`.
 *
 * @throws UserError where the archive is damaged, says a name twice or is encrypted.
 */
export function zipEntries(bytes: Uint8Array, name: string): Map<string, ZipEntry> {
  const places = lookIn(zipDirectory(bytes.length, name), bytes);
  return new Map([...places].map(([key, place]) => {
    const at = lookIn(dataOf(place, bytes.length, name), bytes);
    return [key, { data: bytes.subarray(at, at + place.bytes), compressed: place.compressed }];
  }));
}

/**
 * Finds the files of an archive of so many bytes, by name.
 *
 * @throws UserError where the archive is damaged, says a name twice or is encrypted.
 */
export function* zipDirectory(size: number, name: string): Looking<Map<string, ZipPlace>> {
  const { count, offset, end } = yield* directory(size, name);
  const length = Math.max(0, end - offset);
  if (count > MAX_ENTRIES || length > MAX_DIRECTORY_BYTES) {
    new Reader(none, name).fail(
      `it says that it holds ${count} files, listed in ${length} bytes; at most ${MAX_ENTRIES} ` +
        `in ${MAX_DIRECTORY_BYTES} are read`,
    );
  }
  const reader = new Reader(yield { at: offset, length }, name, 0, offset);
  const entries = new Map<string, ZipPlace>();
  for (let i = 0; i < count; i++) {
    expect(reader, CENTRAL, "an entry of its directory");
    reader.take(4);
    const flags = reader.u16(), method = reader.u16();
    reader.take(8);
    let bytes = reader.u32(), full = reader.u32();
    const nameBytes = reader.u16(), extraBytes = reader.u16(), commentBytes = reader.u16();
    reader.take(8);
    let header = reader.u32();
    const entry = decoder.decode(reader.take(nameBytes));
    const extra = new Reader(reader.take(extraBytes), name);
    reader.take(commentBytes);
    if ([bytes, full, header].includes(LATER) && seekExtra64(extra)) {
      if (full === LATER) full = extra.u64();
      if (bytes === LATER) bytes = extra.u64();
      if (header === LATER) header = extra.u64();
    }
    if (flags & 1) reader.fail("it is encrypted");
    if (entries.has(entry)) reader.fail(`it holds ${quoted(entry)} twice`);
    if (method === 0 && bytes !== full) {
      reader.fail(`it says two sizes for ${quoted(entry)}: ${bytes} and ${full}`);
    }
    entries.set(entry, { name: entry, header, bytes, compressed: method !== 0 });
  }
  return entries;
}

/** The archive's byte at which a file's own bytes begin; all of them are there. */
export function* dataOf(place: ZipPlace, size: number, name: string): Looking<number> {
  const { header, bytes } = place;
  const reader = new Reader(yield { at: header, length: LOCAL_BYTES }, name, 0, header);
  expect(reader, LOCAL, `the header of ${quoted(place.name)}`);
  reader.take(22);
  const at = header + LOCAL_BYTES + reader.u16() + reader.u16();
  if (at + bytes > size) {
    reader.fail(
      `byte ${at} begins something of ${bytes} bytes, but the file has ${
        Math.max(size - at, 0)
      } left`,
    );
  }
  return at;
}

interface Directory {
  readonly count: number;
  /** Where it begins, and what stands behind it. */
  readonly offset: number;
  readonly end: number;
}

/** Finds the directory from the record at the archive's end, behind which a comment may stand. */
function* directory(size: number, name: string): Looking<Directory> {
  const lowest = Math.max(0, size - END_BYTES - 0xffff - LOCATOR64_BYTES);
  const reader = new Reader(yield { at: lowest, length: size - lowest }, name, 0, lowest);
  let end = reader.bytes.length - END_BYTES;
  while (end >= 0 && !isAt(reader, end, END)) end--;
  if (end < 0) reader.fail("it is a ZIP archive without its end: a broken download?");
  reader.at = end + 10;
  const count = reader.u16();
  reader.take(4);
  const offset = reader.u32();
  const locator = end - LOCATOR64_BYTES;
  if (locator < 0 || !isAt(reader, locator, LOCATOR64)) {
    return { count, offset, end: lowest + end };
  }
  reader.at = locator + 8;
  const at = reader.u64();
  const record = new Reader(yield { at, length: END64_BYTES }, name, 0, at);
  expect(record, END64, "its zip64 record");
  record.take(28);
  const count64 = record.u64();
  record.take(8);
  return { count: count64, offset: record.u64(), end: lowest + locator };
}

const none = new Uint8Array();

/** Moves to the zip64 sizes among the extra fields, or says that there are none. */
function seekExtra64(extra: Reader): boolean {
  while (extra.at + 4 <= extra.bytes.length) {
    const id = extra.u16(), size = extra.u16();
    if (id === 1) return true;
    extra.take(size);
  }
  return false;
}

function isAt(reader: Reader, at: number, signature: number): boolean {
  reader.at = at;
  return reader.u32() === signature;
}

function expect(reader: Reader, signature: number, what: string): void {
  const at = reader.base + reader.at;
  if (reader.u32() !== signature) reader.fail(`byte ${at} should begin ${what}, but does not`);
}
