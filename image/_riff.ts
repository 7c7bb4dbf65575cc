/** The chunks of a WebP file (RFC 9649, sections 2.3 and 2.7): read and written. */
import { ascii, concat, Unreadable, viewOf } from "./_picture.ts";

/** A chunk as it was read. */
export interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
  /** The chunk with its header, and its padding. */
  readonly whole: Uint8Array;
}

/** The chunks that lie one behind the other in these bytes. */
export function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = viewOf(bytes), chunks: Chunk[] = [];
  for (let offset = 0; offset < bytes.length;) {
    if (offset + 8 > bytes.length) throw new Unreadable("it is cut off");
    const type = ascii(bytes.subarray(offset, offset + 4));
    const length = view.getUint32(offset + 4, true), start = offset + 8;
    if (start + length > bytes.length) throw new Unreadable("it is cut off");
    const end = start + length + (length & 1);
    const body = bytes.subarray(start, start + length);
    chunks.push({ type, body, whole: bytes.subarray(offset, end) });
    offset = end;
  }
  return chunks;
}

/** A chunk, which `more` bytes follow that belong to it; it is not padded. */
export function chunk(type: string, body: ArrayLike<number>, more = 0): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  bytes.set(new TextEncoder().encode(type));
  viewOf(bytes).setUint32(4, body.length + more, true);
  bytes.set(body, 8);
  return bytes;
}

/** A file of chunks. */
export function webpFile(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = chunks.reduce((sum, { length }) => sum + length, 0);
  return concat([chunk("RIFF", new TextEncoder().encode("WEBP"), length), ...chunks]);
}

/** 24 bits, the lowest byte first. */
export const uint24 = (n: number): number[] => [0, 8, 16].map((shift) => n >> shift & 255);

/** What the header of an extended file says it has. */
export const ALPHA = 0x10, ANIMATION = 0x02;

/** The header of an extended file (section 2.7). */
export const extendedHeader = (flags: number, width: number, height: number): Uint8Array =>
  chunk("VP8X", [flags, 0, 0, 0, ...uint24(width - 1), ...uint24(height - 1)]);
