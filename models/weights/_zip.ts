/** The parts of a ZIP archive, found through its directory; zip64 included, no decompression. */
import { quoted } from "../../core/text.ts";
import { Reader } from "./_reader.ts";

/** One file of an archive; `data` is as stored, so still packed where `compressed`. */
export interface ZipEntry {
  data: Uint8Array;
  compressed: boolean;
}

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const END64 = 0x06064b50, LOCATOR64 = 0x07064b50;
const LATER = 0xffffffff; // "see the zip64 field"
/** Far above any checkpoint's need (a file for each tensor): an entry takes ten times its bytes. */
const MAX_ENTRIES = 2 ** 17;

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
  const reader = new Reader(bytes, name);
  const { count, offset } = directory(reader);
  if (count > MAX_ENTRIES) {
    reader.fail(`it says that it holds ${count} files, at most ${MAX_ENTRIES} are read`);
  }
  const entries = new Map<string, ZipEntry>();
  reader.at = offset;
  for (let i = 0; i < count; i++) {
    expect(reader, CENTRAL, "an entry of its directory");
    reader.take(4);
    const flags = reader.u16(), method = reader.u16();
    reader.take(8);
    let size = reader.u32(), full = reader.u32();
    const nameBytes = reader.u16(), extraBytes = reader.u16(), commentBytes = reader.u16();
    reader.take(8);
    let local = reader.u32();
    const entry = decoder.decode(reader.take(nameBytes));
    const extra = new Reader(reader.take(extraBytes), name);
    reader.take(commentBytes);
    if ([size, full, local].includes(LATER) && seekExtra64(extra)) {
      if (full === LATER) full = extra.u64();
      if (size === LATER) size = extra.u64();
      if (local === LATER) local = extra.u64();
    }
    if (flags & 1) reader.fail("it is encrypted");
    if (entries.has(entry)) reader.fail(`it holds ${quoted(entry)} twice`);
    if (method === 0 && size !== full) {
      reader.fail(`it says two sizes for ${quoted(entry)}: ${size} and ${full}`);
    }

    const next = reader.at;
    reader.at = local;
    expect(reader, LOCAL, `the header of ${quoted(entry)}`);
    reader.take(22);
    const localNameBytes = reader.u16(), localExtraBytes = reader.u16();
    reader.take(localNameBytes + localExtraBytes);
    entries.set(entry, { data: reader.take(size), compressed: method !== 0 });
    reader.at = next;
  }
  return entries;
}

/** Finds the directory from the record at the archive's end, behind which a comment may stand. */
function directory(reader: Reader): { count: number; offset: number } {
  const { bytes } = reader;
  const lowest = Math.max(0, bytes.length - 22 - 0xffff);
  let end = bytes.length - 22;
  while (end >= lowest && !isAt(reader, end, END)) end--;
  if (end < lowest) reader.fail("it is a ZIP archive without its end: a broken download?");
  reader.at = end + 10;
  let count = reader.u16();
  reader.take(4);
  let offset = reader.u32();
  if (end >= 20 && isAt(reader, end - 20, LOCATOR64)) {
    reader.at = end - 20 + 8;
    reader.at = reader.u64();
    expect(reader, END64, "its zip64 record");
    reader.take(28);
    count = reader.u64();
    reader.take(8);
    offset = reader.u64();
  }
  return { count, offset };
}

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
  const { at } = reader;
  if (reader.u32() !== signature) reader.fail(`byte ${at} should begin ${what}, but does not`);
}
