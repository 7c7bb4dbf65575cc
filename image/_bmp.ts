/**
 * BMP (Windows and OS/2 bitmaps): 1 to 32 bits a pixel, with a palette or masks, run-length coded or
 * not. Written here, as it is little more than rows of pixels.
 */
import {
  blank,
  checkSize,
  checkYield,
  onWhite,
  type Picture,
  Unreadable,
  viewOf,
} from "./_picture.ts";

interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Blue, green, red and, mostly, nothing; `step` bytes each. */
  readonly palette: Uint8Array;
  readonly step: number;
  /** Which bits are red, green, blue and alpha, where a pixel is a number. */
  readonly masks?: readonly number[];
  /** Which of the run-length codes: 4 or 8 bits. */
  readonly packed: boolean;
  readonly data: Uint8Array;
}

/** Decodes a bitmap; alpha, where masks tell of it, goes over white. */
export function decodeBmp(bytes: Uint8Array): Picture {
  const bitmap = readHeader(bytes), { width, height, bits, data, packed } = bitmap;
  const length = packed ? width : 4 * Math.ceil(width * bits / 32);
  // some programs leave the padding of the last row out
  const least = length * (height - 1) + Math.ceil(width * bits / 8);
  if (!packed && data.length < least) throw new Unreadable("it is cut off");
  checkYield(bitmap, 0, bytes);
  const rows = packed ? unpack(bitmap) : data;
  const picture = blank(width, height);
  const paint = packed || bits <= 8 ? paintIndices : bitmap.masks ? paintMasked : paintBytes;
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * length, (y + 1) * length);
    paint(bitmap, row, picture.data, 3 * width * (bitmap.topDown ? y : height - 1 - y));
  }
  return picture;
}

function readHeader(bytes: Uint8Array): Bitmap {
  const view = viewOf(bytes);
  if (bytes.length < 26) throw new Unreadable("it is cut off");
  const size = view.getUint32(14, true), old = size === 12;
  if (bytes.length < 14 + size || !old && size < 40) throw new Unreadable("it is cut off");
  const [width, tall] = old
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(old ? 24 : 28, true), code = old ? 0 : view.getUint32(30, true);
  const height = Math.abs(tall), topDown = tall < 0;
  checkSize(width, height);
  const packed = code === 1 && bits === 8 || code === 2 && bits === 4;
  const masked = (code === 3 || code === 6) && (bits === 16 || bits === 32);
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits) || code !== 0 && !packed && !masked) {
    throw new Unreadable(
      `it is of a kind that cannot be read (${bits} bits, compression ${code}); save it as PNG`,
    );
  }
  let at = 14 + size, masks: number[] | undefined;
  if (masked) {
    const count = size >= 56 || code === 6 ? 4 : 3;
    if (bytes.length < 54 + 4 * count) throw new Unreadable("it is cut off");
    masks = Array.from({ length: count }, (_, i) => view.getUint32(54 + 4 * i, true));
    at = Math.max(at, 54 + 4 * count);
  } else if (bits === 16) masks = [0x7c00, 0x3e0, 0x1f];
  const start = view.getUint32(10, true) || at, step = old ? 3 : 4;
  const said = old || bits > 8 ? 0 : view.getUint32(46, true);
  const colours = bits > 8 ? 0 : Math.min(said || 256, 2 ** bits);
  const palette = bytes.subarray(at, Math.min(at + step * colours, Math.max(at, start)));
  return {
    width,
    height,
    topDown,
    bits,
    palette,
    step,
    masks,
    packed,
    data: bytes.subarray(start),
  };
}

type Paint = (bitmap: Bitmap, row: Uint8Array, to: Uint8ClampedArray, at: number) => void;

const paintIndices: Paint = ({ width, bits, palette, step, packed }, row, to, at) => {
  const each = packed ? 8 : bits, mask = (1 << each) - 1;
  for (let x = 0, bit = 0; x < width; x++, bit += each, at += 3) {
    const from = step * (row[bit >> 3] >> 8 - each - (bit & 7) & mask);
    if (from + 3 > palette.length) throw new Unreadable("it uses a colour not in its palette");
    to[at] = palette[from + 2];
    to[at + 1] = palette[from + 1];
    to[at + 2] = palette[from];
  }
};

const paintBytes: Paint = ({ width, bits }, row, to, at) => {
  for (let x = 0, from = 0; x < width; x++, from += bits / 8, at += 3) {
    to[at] = row[from + 2];
    to[at + 1] = row[from + 1];
    to[at + 2] = row[from];
  }
};

const paintMasked: Paint = ({ width, bits, masks }, row, to, at) => {
  const channels = masks!.map((mask) => {
    const shift = mask ? 31 - Math.clz32(mask & -mask) : 0;
    return { mask, shift, most: mask >>> shift };
  });
  for (let x = 0, from = 0; x < width; x++, from += bits / 8, at += 3) {
    const low = row[from] | row[from + 1] << 8;
    const pixel = bits === 16 ? low : (low | row[from + 2] << 16 | row[from + 3] << 24) >>> 0;
    const level = ({ mask, shift, most }: typeof channels[0]) =>
      most ? Math.floor(((pixel & mask) >>> shift) * 255 / most) : 0;
    const alpha = channels[3]?.most ? level(channels[3]) : 255;
    for (let i = 0; i < 3; i++) to[at + i] = onWhite(level(channels[i]), alpha);
  }
};

/** Undoes the run-length code: one index a byte; places that are skipped have the first colour. */
function unpack({ width, height, bits, data }: Bitmap): Uint8Array {
  const out = new Uint8Array(width * height);
  let x = 0, y = 0;
  const put = (index: number) => {
    if (x < width && y < height) out[y * width + x] = index;
    x++;
  };
  for (let at = 0; y < height;) {
    if (at + 2 > data.length) {
      if (y === height - 1 && x >= width) break;
      throw new Unreadable("it is cut off");
    }
    const count = data[at++], value = data[at++];
    if (count) { // a run
      for (let i = 0; i < count; i++) put(bits === 8 ? value : i & 1 ? value & 15 : value >> 4);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) break; // the end
    else if (value === 2) { // a jump
      if (at + 2 > data.length) throw new Unreadable("it is cut off");
      x += data[at++];
      y += data[at++];
    } else { // so many as they are, in whole pairs of bytes
      const length = bits === 8 ? value : value + 1 >> 1;
      if (at + length > data.length) throw new Unreadable("it is cut off");
      for (let i = 0; i < value; i++) {
        put(bits === 8 ? data[at + i] : data[at + (i >> 1)] >> (i & 1 ? 0 : 4) & 15);
      }
      at += length + (length & 1);
    }
  }
  return out;
}
