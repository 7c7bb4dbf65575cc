/**
 * PNG (ISO/IEC 15948): every colour type and depth, interlaced or not. Written here because the
 * codecs at hand skip the checks that make a damaged or hostile file fail: checksums, truncation,
 * and the size that the pixel data may inflate to.
 */
import { platform } from "../platform/mod.ts";
import { type Metadata, orient, orientationOf } from "./_exif.ts";
import {
  ascii,
  blank,
  checkSize,
  concat,
  onWhite,
  type Picture,
  Unreadable,
  viewOf,
} from "./_picture.ts";
import { readText } from "./_png_text.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGBA = 6;
const CHANNELS: Record<number, number> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGBA]: 4,
};
const DEPTHS: Record<number, number[]> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGBA]: [8, 16],
};

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

interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced: boolean;
}

interface Chunks {
  header: Header;
  palette: Uint8Array;
  transparency?: Uint8Array;
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
  const chunks = await readChunks(bytes);
  const { header } = chunks;
  const passes = passesOf(header);
  const sizes = passes.map(({ width, height }) => height * (1 + rowBytes(header, width)));
  const rows = await inflate(chunks.data, sizes.reduce((a, b) => a + b));
  const picture = blank(header.width, header.height);
  const paint = painter(chunks, picture);
  let offset = 0;
  passes.forEach((pass, i) => {
    const part = rows.subarray(offset, offset += sizes[i]);
    unfilter(part, rowBytes(header, pass.width), bytesPerPixel(header));
    paint(pass, part);
  });
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

function readHeader(body: Uint8Array): Header {
  if (body.length !== 13) throw new Unreadable("its header is malformed");
  const view = viewOf(body);
  const [depth, colour, compression, filter, interlace] = body.subarray(8);
  if (!DEPTHS[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new Unreadable("its header is malformed");
  }
  const width = view.getUint32(0), height = view.getUint32(4);
  checkSize(width, height);
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

/** Inflates no further than the header promises, and no less. */
async function inflate(data: Uint8Array[], expected: number): Promise<Uint8Array> {
  const packed = data.length === 1 ? data[0] : concat(data);
  const rows = await platform.inflate(packed, expected).catch((error) => {
    const reason = error instanceof RangeError
      ? "its pixel data is larger than its header says"
      : `its pixel data is damaged (${platform.reason(error)})`;
    throw new Unreadable(reason, { cause: error });
  });
  if (rows.length !== expected) {
    throw new Unreadable("its pixel data is smaller than its header says");
  }
  return rows;
}

const bitsPerPixel = ({ depth, colour }: Header) => depth * CHANNELS[colour];
const bytesPerPixel = (header: Header) => Math.ceil(bitsPerPixel(header) / 8);
const rowBytes = (header: Header, width: number) => Math.ceil(bitsPerPixel(header) * width / 8);

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

/** Undoes the row filters in place; each row keeps its leading filter byte. */
function unfilter(rows: Uint8Array, length: number, distance: number): void {
  for (let start = 1; start < rows.length; start += length + 1) {
    const filter = rows[start - 1];
    const above = start - length - 1;
    const first = start === 1;
    const end = start + length;
    const second = Math.min(start + distance, end);
    if (filter === 0) continue;
    else if (filter === 1) {
      for (let i = second; i < end; i++) rows[i] += rows[i - distance];
    } else if (filter === 2) {
      if (!first) { for (let i = start, u = above; i < end; i++, u++) rows[i] += rows[u]; }
    } else if (filter === 3) {
      for (let i = start, u = above; i < end; i++, u++) {
        rows[i] += ((i < second ? 0 : rows[i - distance]) + (first ? 0 : rows[u])) >> 1;
      }
    } else if (filter === 4) {
      for (let i = start, u = above; i < end; i++, u++) {
        const inside = i >= second;
        rows[i] += paeth(
          inside ? rows[i - distance] : 0,
          first ? 0 : rows[u],
          inside && !first ? rows[u - distance] : 0,
        );
      }
    } else throw new Unreadable(`it uses an unknown row filter (${filter})`);
  }
}

/** Whichever of left, up and corner is nearest to left + up − corner. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}

/** What turns a pass's unfiltered rows into pixels of the picture. */
function painter({ header, palette, transparency }: Chunks, { width, data }: Picture) {
  const { depth, colour } = header;
  const channels = CHANNELS[colour];
  const grey = colour === GREY || colour === GREY_ALPHA;
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const shift = depth === 16 ? 8 : 0;
  // The colour that stands for transparent, in samples of the full depth.
  const clear = transparency && channels !== 4 && colour !== PALETTE
    ? Array.from({ length: channels }, (_, i) => viewOf(transparency).getUint16(2 * i))
    : undefined;
  const samples = new Uint16Array(width * channels);

  return (pass: Pass, rows: Uint8Array) => {
    const length = rowBytes(header, pass.width);
    for (let j = 0; j < pass.height; j++) {
      const start = j * (length + 1) + 1;
      unpack(rows.subarray(start, start + length), depth, samples, pass.width * channels);
      let to = 3 * ((pass.y + j * pass.dy) * width + pass.x);
      for (let from = 0; from < pass.width * channels; from += channels, to += 3 * pass.dx) {
        const first = samples[from];
        let r: number, g: number, b: number, alpha = 255;
        if (colour === PALETTE) {
          if (3 * first >= palette.length) {
            throw new Unreadable("it uses a colour not in its palette");
          }
          r = palette[3 * first];
          g = palette[3 * first + 1];
          b = palette[3 * first + 2];
          alpha = transparency?.[first] ?? 255;
        } else {
          r = (first * scale) >> shift;
          g = grey ? r : samples[from + 1] >> shift;
          b = grey ? r : samples[from + 2] >> shift;
          if (colour === GREY_ALPHA || colour === RGBA) {
            alpha = samples[from + channels - 1] >> shift;
          } else if (clear?.every((sample, i) => sample === samples[from + i])) alpha = 0;
        }
        data[to] = alpha === 255 ? r : onWhite(r, alpha);
        data[to + 1] = alpha === 255 ? g : onWhite(g, alpha);
        data[to + 2] = alpha === 255 ? b : onWhite(b, alpha);
      }
    }
  };
}

/** Spreads a row's samples of 1..16 bits, most significant first, into one number each. */
function unpack(row: Uint8Array, depth: number, samples: Uint16Array, count: number): void {
  if (depth === 8) samples.set(row);
  else if (depth === 16) {
    for (let i = 0; i < count; i++) samples[i] = row[2 * i] << 8 | row[2 * i + 1];
  } else {
    const mask = 2 ** depth - 1;
    for (let i = 0; i < count; i++) {
      const bit = i * depth;
      samples[i] = row[bit >> 3] >> (8 - depth - (bit & 7)) & mask;
    }
  }
}

/** Encodes a picture as an 8-bit RGB PNG, every row with the Paeth filter. */
export async function encodePng(
  { width, height, data }: Picture,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = 3 * width;
  const rows = new Uint8Array(height * (length + 1));
  let to = 0;
  for (let y = 0; y < height; y++) {
    rows[to++] = 4;
    for (let x = 0, from = y * length; x < length; x++, from++) {
      const left = x >= 3 ? data[from - 3] : 0;
      const up = y > 0 ? data[from - length] : 0;
      const corner = x >= 3 && y > 0 ? data[from - length - 3] : 0;
      rows[to++] = data[from] - paeth(left, up, corner);
    }
  }
  const header = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 8, RGB, 0, 0, 0]);
  viewOf(header).setUint32(0, width);
  viewOf(header).setUint32(4, height);
  return concat([
    new Uint8Array(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", await platform.deflate(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = viewOf(bytes);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, platform.crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}
