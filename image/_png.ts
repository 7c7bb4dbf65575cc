/**
 * PNG (ISO/IEC 15948): every colour type and depth, interlaced or not. Written here because the
 * codecs at hand skip the checks that make a damaged or hostile file fail: checksums, truncation,
 * and the size that the pixel data may inflate to.
 */
import { platform } from "../platform/mod.ts";
import { type Metadata, orient, orientationOf } from "./_exif.ts";
import { ascii, blank, checkYield, type Picture, Unreadable, viewOf } from "./_picture.ts";
import { bitsPerPixel, GREY, type Header, PALETTE, readHeader, RGB } from "./_png_header.ts";
import { type Meaning, painter } from "./_png_pixels.ts";
import { readRows, type Rows } from "./_png_rows.ts";
import { readText } from "./_png_text.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The seven passes of an interlaced picture: x, y, dx, dy. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

interface Chunks extends Meaning {
  metadata: Metadata;
  data: Uint8Array[];
}

/** A part of the picture stored as rows of its own: where it begins and how far its pixels lie. */
interface Pass {
  x: number;
  y: number;
  dx: number;
  dy: number;
  width: number;
  height: number;
}

/** Decodes a PNG; 16-bit samples keep their high byte, alpha goes over white. */
export async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const chunks = await readChunks(bytes), { header } = chunks, bits = bitsPerPixel(header);
  const parts = passesOf(header);
  const lengths = parts.map(({ width }) => Math.ceil(bits * width / 8));
  checkYield(header, parts.reduce((sum, { height }, i) => sum + height * lengths[i], 0), bytes);
  const picture = blank(header.width, header.height), paint = painter(chunks, picture);
  const rows = parts.map(({ x, y, dx, dy, width, height }, i): Rows => ({
    count: height,
    length: lengths[i],
    take: (row, j) => paint(row, width, 3 * ((y + j * dy) * picture.width + x), 3 * dx),
  }));
  await readRows(chunks.data, rows, Math.ceil(bits / 8));
  return orient(picture, orientationOf(chunks.metadata));
}

async function readChunks(bytes: Uint8Array): Promise<Chunks> {
  const view = viewOf(bytes);
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const texts: [string, Uint8Array][] = [];
  let exif: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  let previous = "";
  for (let offset = SIGNATURE.length;;) {
    if (offset + 12 > bytes.length) throw new Unreadable("it is cut off");
    const length = view.getUint32(offset);
    if (offset + 12 + length > bytes.length) throw new Unreadable("it is cut off");
    const named = bytes.subarray(offset + 4, offset + 8 + length);
    const type = ascii(named.subarray(0, 4));
    const body = named.subarray(4);
    if (platform.crc32(named) !== view.getUint32(offset + 8 + length)) {
      throw new Unreadable(`the checksum of its ${JSON.stringify(type)} chunk is wrong`);
    }
    if (!header) {
      if (type !== "IHDR") throw new Unreadable("it does not begin with a header");
      header = readHeader(body);
    } else if (type === "PLTE") {
      if (palette || data.length || length % 3 !== 0 || length > 768) {
        throw new Unreadable("its palette is malformed");
      }
      palette = body;
    } else if (type === "tRNS") {
      if (transparency || data.length) throw new Unreadable("its transparency is malformed");
      transparency = body;
    } else if (type === "eXIf") {
      exif ??= body;
    } else if (type === "tEXt" || type === "zTXt" || type === "iTXt") {
      texts.push([type, body]);
    } else if (type === "IDAT") {
      if (data.length && previous !== "IDAT") throw new Unreadable("its pixel data is scattered");
      data.push(body);
    } else if (type === "IEND") {
      break;
    } else if (named[0] < 0x60) { // an upper-case letter: a chunk that may not be passed over
      throw new Unreadable(`it holds an unknown ${JSON.stringify(type)} chunk`);
    }
    previous = type;
    offset += 12 + length;
  }
  if (!data.length) throw new Unreadable("it holds no pixel data");
  if (header.colour === PALETTE && !palette) throw new Unreadable("it has no palette");
  const samples = { [GREY]: 2, [RGB]: 6 }[header.colour];
  if (transparency && samples && transparency.length !== samples) {
    throw new Unreadable("its transparency is malformed");
  }
  const metadata = { exif };
  for (const [type, body] of texts) await readText(type, body, metadata);
  return { header, palette: palette ?? new Uint8Array(), transparency, metadata, data };
}

function passesOf({ width, height, interlaced }: Header): Pass[] {
  const grid = interlaced ? ADAM7 : [[0, 0, 1, 1]];
  return grid.map(([x, y, dx, dy]) => ({
    x,
    y,
    dx,
    dy,
    width: Math.ceil((width - x) / dx),
    height: Math.ceil((height - y) / dy),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}
