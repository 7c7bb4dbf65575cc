/**
 * GIF (87a, 89a) in: the first frame. Written here because the codec at hand refuses extensions that
 * it does not know, and paints colours that are not in the palette.
 */
import { readLzw } from "./_lzw.ts";
import {
  blank,
  checkSize,
  checkYield,
  concat,
  type Picture,
  Unreadable,
  viewOf,
} from "./_picture.ts";

interface Size {
  width: number;
  height: number;
}

/** The first frame, still packed. */
interface Frame extends Size {
  readonly screen: Size;
  readonly x: number;
  readonly y: number;
  readonly interlaced: boolean;
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
  /** The colour that stands for nothing. */
  readonly clear?: number;
  /** Bits of the first codes, less one. */
  readonly bits: number;
  readonly data: Uint8Array;
}

/**
 * Decodes a GIF's first frame; what it leaves clear or uncovered is white. A screen that is too small
 * for the frame grows.
 */
export function decodeGif(bytes: Uint8Array): Picture {
  const frame = readFrame(bytes), { screen, x, y, palette, clear } = frame;
  const picture = blank(screen.width, screen.height), { data } = picture;
  data.fill(255);
  checkYield(frame, 0, frame.data);
  const indices = new Uint8Array(frame.width * frame.height);
  const count = readLzw(frame.data, "gif", indices, frame.bits);
  if (count < indices.length) {
    throw new Unreadable("its pixel data is damaged (it ends too early)");
  }
  const rows = rowOrder(frame);
  for (let row = 0, from = 0; row < frame.height; row++) {
    let to = 3 * ((y + rows(row)) * screen.width + x);
    for (const end = from + frame.width; from < end; from++, to += 3) {
      const index = indices[from], at = 3 * index;
      if (index === clear) continue;
      if (at >= palette.length) throw new Unreadable("it uses a colour not in its palette");
      data[to] = palette[at];
      data[to + 1] = palette[at + 1];
      data[to + 2] = palette[at + 2];
    }
  }
  return picture;
}

/** Where each stored row belongs: every eighth first in an interlaced frame, and so on. */
function rowOrder({ interlaced, height }: Frame): (row: number) => number {
  if (!interlaced) return (row) => row;
  const order = [[0, 8], [4, 8], [2, 4], [1, 2]].flatMap(([start, step]) =>
    Array.from(
      { length: Math.max(0, Math.ceil((height - start) / step)) },
      (_, i) => start + i * step,
    )
  );
  return (row) => order[row];
}

/** Reads the file's blocks up to the end of the first frame. */
function readFrame(bytes: Uint8Array): Frame {
  const view = viewOf(bytes);
  let offset = 0;
  /** Steps over so many bytes and gives where they begin. */
  const take = (count: number) => {
    if (offset + count > bytes.length) throw new Unreadable("it is cut off");
    offset += count;
    return offset - count;
  };
  const takeTable = (flags: number) => {
    const length = flags & 0x80 ? 3 << ((flags & 7) + 1) : 0, at = take(length);
    return length ? bytes.subarray(at, at + length) : undefined;
  };
  const takeSubBlocks = () => {
    const parts: Uint8Array[] = [];
    for (let size; (size = bytes[take(1)]);) {
      const at = take(size);
      parts.push(bytes.subarray(at, at + size));
    }
    return parts;
  };
  const at = take(13) + 6;
  const [width, height] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const shared = takeTable(bytes[at + 4]);
  let clear: number | undefined;
  for (;;) {
    const kind = bytes[take(1)];
    if (kind === 0x3b) throw new Unreadable("it holds no frame");
    if (kind === 0x21) { // an extension
      const label = bytes[take(1)], [control] = takeSubBlocks();
      // what is to be done with the next frame
      if (label === 0xf9 && control?.length >= 4) clear = control[0] & 1 ? control[3] : undefined;
    }
    if (kind !== 0x2c) continue; // stray bytes
    const at = take(9);
    const [x, y, w, h] = [0, 2, 4, 6].map((field) => view.getUint16(at + field, true));
    checkSize(w, h);
    const screen = { width: Math.max(width, x + w), height: Math.max(height, y + h) };
    checkSize(screen.width, screen.height);
    const flags = bytes[at + 8];
    const palette = takeTable(flags) ?? shared ?? GREYS;
    const bits = bytes[take(1)];
    if (bits < 1 || bits > 8) throw new Unreadable("its pixel data is malformed");
    const data = concat(takeSubBlocks());
    const interlaced = (flags & 0x40) !== 0;
    return { screen, x, y, width: w, height: h, interlaced, palette, clear, bits, data };
  }
}

/** What the indices are where there is no palette at all. */
const GREYS = Uint8Array.from({ length: 768 }, (_, i) => i / 3);
