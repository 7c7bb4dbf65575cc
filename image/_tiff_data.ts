/** The strips or tiles of a TIFF: where they lie, and their rows unpacked. */
import { platform } from "../platform/mod.ts";
import { readLzw } from "./_lzw.ts";
import { MAX_PIXELS, Unreadable } from "./_picture.ts";
import type { Layout } from "./_tiff_layout.ts";
import type { Tags } from "./_tiff_tags.ts";

/** A rectangle of the picture that is stored by itself. */
export interface Piece {
  readonly x: number;
  readonly y: number;
  /** Its size as it is stored: the last ones may reach beyond the picture. */
  readonly width: number;
  readonly height: number;
  /** Its data, still packed: one part, or one for each sample. */
  readonly planes: readonly Uint8Array[];
}

/** How many bytes one byte may become: PackBits, LZW and deflate. */
const RATIO: Readonly<Record<number, number>> = { 32773: 64, 5: 4096, 8: 1040, 32946: 1040 };

/** More strips or tiles than any program writes. */
const MAX_PIECES = 2 ** 18;

/** The pieces of a picture, in their order. */
export function* pieces(bytes: Uint8Array, tags: Tags, layout: Layout): Generator<Piece> {
  const { width, height } = layout;
  const [tileWidth] = tags.values(322), [tileHeight] = tags.values(323);
  const tiled = tileWidth !== undefined;
  const rows = Math.min(height, tags.values(278)[0] || height);
  const [w, h] = tiled ? [tileWidth, tileHeight] : [width, rows];
  if (!(w >= 1 && h >= 1)) throw new Unreadable("its tiles have no size");
  const across = Math.ceil(width / w), down = Math.ceil(height / h), each = across * down;
  if (across * w * down * h > MAX_PIXELS + 4 * width * height) {
    throw new Unreadable("its tiles are far larger than the picture");
  }
  const offsets = tags.values(tiled ? 324 : 273), lengths = tags.values(tiled ? 325 : 279);
  const planes = layout.planar ? layout.samples : 1;
  if (each * planes > MAX_PIECES) throw new Unreadable(`it is in more than ${MAX_PIECES} pieces`);
  if (offsets.length < each * planes) throw new Unreadable("it is cut off");
  const dataOf = (index: number) => {
    // without a length, it goes on to the end of the file
    const start = offsets[index], end = start + (lengths[index] ?? bytes.length - start);
    if (start > bytes.length || end > bytes.length) throw new Unreadable("it is cut off");
    return bytes.subarray(start, end);
  };
  for (let i = 0; i < each; i++) {
    const y = h * Math.floor(i / across);
    yield {
      x: w * (i % across),
      y,
      width: w,
      height: tiled ? h : Math.min(h, height - y),
      planes: Array.from({ length: planes }, (_, plane) => dataOf(plane * each + i)),
    };
  }
}

/** Bytes of one of a piece's rows, of one plane. */
export const rowLength = ({ bits, samples, planar }: Layout, width: number): number =>
  Math.ceil(bits * (planar ? 1 : samples) * width / 8);

const reverse = Uint8Array.from(
  { length: 256 },
  (_, byte) => [...Array(8).keys()].reduce((sum, bit) => sum | (byte >> bit & 1) << 7 - bit, 0),
);

/**
 * Unpacks one plane of a piece, to as many bytes as its rows have.
 *
 * @throws Unreadable where the data is damaged or there is too little of it.
 */
export async function unpackPiece(
  data: Uint8Array,
  { width, height }: Piece,
  layout: Layout,
): Promise<Uint8Array> {
  const { compression } = layout, length = rowLength(layout, width) * height;
  if (length > data.length * (RATIO[compression] ?? 1)) {
    throw new Unreadable(`its header says more pixels than its ${data.length} bytes can hold`);
  }
  const packed = layout.reversed ? data.map((byte) => reverse[byte]) : data;
  let rows: Uint8Array, found = length;
  if (compression === 1) rows = packed.slice(0, length);
  else if (compression === 5) {
    if (packed[0] === 0 && packed[1] & 1) {
      throw new Unreadable("it is packed by an LZW of before 1988; save it as PNG");
    }
    rows = new Uint8Array(length);
    found = readLzw(packed, "tiff", rows);
  } else if (compression === 32773) {
    rows = new Uint8Array(length);
    found = readPackBits(packed, rows);
  } else {
    // a last strip may be as long as the others
    rows = await platform.inflate(packed, 2 * length + 2 ** 16).catch((cause) => {
      throw new Unreadable(`its pixel data is damaged (${platform.reason(cause)})`, { cause });
    });
    found = rows.length;
  }
  if (found < length) throw new Unreadable("its pixel data is smaller than its header says");
  if (layout.differences) sumUp(rows, layout, width, height);
  return rows;
}

/** Undoes PackBits until `out` is full or the data ends; how many bytes there were. */
function readPackBits(bytes: Uint8Array, out: Uint8Array): number {
  let to = 0;
  for (let at = 0; at < bytes.length && to < out.length;) {
    const code = bytes[at++];
    if (code === 128) continue;
    if (code < 128) {
      const part = bytes.subarray(at, Math.min(at + code + 1, at + out.length - to));
      out.set(part, to);
      to += part.length;
      at += code + 1;
    } else {
      if (at === bytes.length) break;
      out.fill(bytes[at++], to, to += 257 - code);
    }
  }
  return Math.min(to, out.length);
}

/** Turns differences to the left into samples, in place. */
function sumUp(rows: Uint8Array, layout: Layout, width: number, height: number): void {
  const { bits, samples, planar, little } = layout;
  const length = rowLength(layout, width), step = (planar ? 1 : samples) * bits / 8;
  const [low, high] = little ? [0, 1] : [1, 0];
  for (let y = 0; y < height; y++) {
    const start = y * length, end = start + length;
    if (bits === 8) { for (let i = start + step; i < end; i++) rows[i] += rows[i - step]; }
    else {
      for (let i = start + step; i < end; i += 2) {
        const sum = rows[i + low] + rows[i + low - step] +
          (rows[i + high] + rows[i + high - step] << 8);
        rows[i + low] = sum;
        rows[i + high] = sum >> 8;
      }
    }
  }
}
