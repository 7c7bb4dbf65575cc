/** LZW (Welch 1984), as GIF and TIFF pack with it. */
import { Unreadable } from "./_picture.ts";

/** Codes have at most twelve bits. */
const CODES = 4096;

/**
 * Unpacks until `out` is full, the data says it ends, or it does.
 *
 * @param kind the first bit of a code is the lowest of its byte in a GIF, the highest in a TIFF,
 * where codes also grow one earlier
 * @param bits of the symbols, 1..8
 * @returns how many bytes were unpacked
 * @throws Unreadable where a code means nothing yet.
 */
export function readLzw(
  bytes: Uint8Array,
  kind: "gif" | "tiff",
  out: Uint8Array,
  bits = 8,
): number {
  const clear = 1 << bits, end = clear + 1, early = kind === "tiff" ? 1 : 0;
  /** Where what a code means stands in `out` already, and how long it is. */
  const place = new Int32Array(CODES), length = new Uint16Array(CODES);
  let next = end + 1, width = bits + 1;
  /** How long the meaning of the code before was; 0 at the start. */
  let previous = 0;
  let buffer = 0, count = 0, to = 0;
  for (let at = 0; to < out.length;) {
    while (count < width) {
      if (at === bytes.length) return to;
      const byte = bytes[at++];
      buffer = kind === "gif" ? buffer | byte << count : buffer << 8 | byte;
      count += 8;
    }
    count -= width;
    let code: number;
    if (kind === "gif") {
      code = buffer & (1 << width) - 1;
      buffer >>>= width;
    } else {
      code = buffer >>> count & (1 << width) - 1;
      buffer &= (1 << count) - 1;
    }
    if (code === end) return to;
    if (code === clear) {
      next = end + 1;
      width = bits + 1;
      previous = 0;
      continue;
    }
    if (code > next || code === next && previous === 0) {
      throw new Unreadable("its pixel data is damaged (a code means nothing)");
    }
    if (previous > 0 && next < CODES) { // a code more: the one before, and a symbol of this one
      place[next] = to - previous;
      length[next] = previous + 1;
      next++;
      if (next + early === 1 << width && width < 12) width++;
    }
    if (code < clear) {
      previous = 1;
      out[to++] = code;
      continue;
    }
    previous = length[code];
    const from = place[code], stop = Math.min(to + previous, out.length);
    // forward, as the last symbol may be the first that is written here
    for (let i = from; to < stop; i++) out[to++] = out[i];
  }
  return to;
}
