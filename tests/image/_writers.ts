/** Writers of picture files, as plain as can be, for every kind that the decoders know. */
import { deflateSync } from "node:zlib";

const text = (content: string) => [...new TextEncoder().encode(content)];

/** A whole number in so many bytes, the highest first, or the lowest. */
export const number = (value: number, size: number, little = false): number[] => {
  const bytes = Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) & 255);
  return little ? bytes : bytes.reverse();
};

const bytesOfBits = (bits: string, fill: string) =>
  (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, fill), 2));

export interface JpegParts {
  width: number;
  height: number;
  /** Across and down, of each channel. */
  factors: [number, number][];
  /** The mean of a block: 0..255, in steps of 2. */
  mean: (channel: number, x: number, y: number) => number;
  /** Units between restarts. */
  restart?: number;
  /** More blocks than the header says. */
  more?: number;
  /** Segments before the header, as they are. */
  before?: number[];
  /** Bytes between the pixel data and the end. */
  after?: number[];
  /** The three last bytes of the scan's header. */
  scan?: number[];
}

/** A segment of a JPEG. */
export const segment = (marker: number, body: number[]): number[] => [
  0xff,
  marker,
  ...number(body.length + 2, 2),
  ...body,
];

/**
 * Writes a baseline JPEG of flat blocks, in one scan. It has no Huffman tables: those of T.81's
 * annex are meant, whose codes for a difference of so many bits these are.
 */
export function writeJpeg(parts: JpegParts): Uint8Array {
  const { width, height, factors, mean, restart = 0, more = 0, before = [], after = [] } = parts;
  const codes = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110"];
  const most = [0, 1].map((axis) => Math.max(...factors.map((factor) => factor[axis])));
  const single = factors.length === 1;
  const unit = single ? [8, 8] : most.map((factor) => 8 * factor);
  const across = Math.ceil(width / unit[0]), down = Math.ceil(height / unit[1]);
  const data: number[] = [];
  let bits = "", last = factors.map(() => 0);
  const flush = () => {
    data.push(...bytesOfBits(bits, "1").flatMap((byte) => byte === 255 ? [255, 0] : [byte]));
    bits = "";
  };
  const put = (channel: number, x: number, y: number) => {
    const level = (mean(channel, x, y) - 128) / 2, difference = level - last[channel];
    last[channel] = level;
    const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    const value = difference < 0 ? difference + 2 ** size - 1 : difference;
    bits += codes[size] + (size ? value.toString(2).padStart(size, "0") : "") + "1010";
  };
  for (let i = 0; i < across * down; i++) {
    if (restart && i && i % restart === 0) {
      flush();
      data.push(0xff, 0xd0 + (i / restart - 1) % 8);
      last = factors.map(() => 0);
    }
    const x = i % across, y = Math.floor(i / across);
    factors.forEach(([h, v], channel) => {
      if (single) return put(channel, x, y);
      for (let k = 0; k < h * v; k++) put(channel, x * h + k % h, y * v + Math.floor(k / h));
    });
  }
  for (let i = 0; i < more; i++) put(0, i, 0);
  flush();
  const channels = factors.map((_, i) => i + 1);
  return new Uint8Array([
    ...[0xff, 0xd8],
    ...before,
    ...segment(0xdb, [0, ...Array(64).fill(16)]),
    ...segment(0xc0, [
      8,
      ...number(height, 2),
      ...number(width, 2),
      factors.length,
      ...factors.flatMap(([h, v], i) => [i + 1, h << 4 | v, 0]),
    ]),
    ...(restart ? segment(0xdd, number(restart, 2)) : []),
    ...segment(0xda, [
      factors.length,
      ...channels.flatMap((id) => [id, 0]),
      ...(parts.scan ?? [0, 63, 0]),
    ]),
    ...data,
    ...after,
    ...[0xff, 0xd9],
  ]);
}

export interface GifParts {
  screen: [number, number];
  /** Left, top, width, height. */
  frame: [number, number, number, number];
  indices: number[];
  /** Colours for all frames, and for the first alone: 2, 4, 8, … of them. */
  shared?: number[][];
  own?: number[][];
  interlaced?: boolean;
  /** Blocks before the frame. */
  before?: number[];
  /** Whether the data begins with a clear code and ends with an end code, as it should. */
  bare?: boolean;
}

const table = (colours: number[][] | undefined) =>
  colours ? 0x80 | Math.log2(colours.length) - 1 : 0;

/** Writes a GIF of 2-bit indices that packs nothing: it clears before its codes can grow. */
export function writeGif(parts: GifParts): Uint8Array {
  const { screen, frame, indices, shared, own, interlaced, before = [], bare } = parts;
  const codes = indices.flatMap((index, i) => i % 2 || bare && i === 0 ? [index] : [4, index]);
  if (!bare) codes.push(5);
  const bits = codes.map((code) => code.toString(2).padStart(3, "0")).reverse().join("");
  const data = bytesOfBits(bits.padStart(8 * Math.ceil(bits.length / 8), "0"), "0").reverse();
  const blocks: number[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.slice(at, at + 255);
    blocks.push(block.length, ...block);
  }
  return new Uint8Array([
    ...text("GIF89a"),
    ...screen.flatMap((n) => number(n, 2, true)),
    ...[table(shared), 0, 0],
    ...(shared ?? []).flat(),
    ...before,
    0x2c,
    ...frame.flatMap((n) => number(n, 2, true)),
    table(own) | (interlaced ? 0x40 : 0),
    ...(own ?? []).flat(),
    2,
    ...blocks,
    ...[0, 0x3b],
  ]);
}

export interface BmpParts {
  width: number;
  /** Negative where the first row is the top one. */
  height: number;
  bits: number;
  /** Length of the header: 12, 40, 108, … */
  header?: number;
  compression?: number;
  masks?: number[];
  /** Red, green and blue. */
  palette?: number[][];
  /** Rows as they are stored, or the run-length code. */
  data: number[];
}

/** Writes a BMP. */
export function writeBmp(parts: BmpParts): Uint8Array {
  const { width, height, bits, header = 40, compression = 0, masks = [], palette = [] } = parts;
  const le = (value: number, size: number) => number(value, size, true);
  const old = header === 12;
  const head = old
    ? [...le(12, 4), ...le(width, 2), ...le(height, 2), ...le(1, 2), ...le(bits, 2)]
    : [
      ...le(header, 4),
      ...le(width, 4),
      ...le(height < 0 ? 2 ** 32 + height : height, 4),
      ...le(1, 2),
      ...le(bits, 2),
      ...le(compression, 4),
      ...Array(12).fill(0),
      ...le(palette.length, 4),
      ...Array(4).fill(0),
    ];
  const after = [...head, ...masks.flatMap((mask) => le(mask, 4))];
  while (after.length < header) after.push(0);
  const colours = palette.flatMap(([r, g, b]) => old ? [b, g, r] : [b, g, r, 0]);
  const start = 14 + after.length + colours.length;
  return new Uint8Array([
    ...text("BM"),
    ...le(start + parts.data.length, 4),
    ...le(0, 4),
    ...le(start, 4),
    ...after,
    ...colours,
    ...parts.data,
  ]);
}

export interface TiffParts {
  width: number;
  height: number;
  bits: number;
  /** 0 white to black, 1 black to white, 2 RGB, 3 palette, 5 CMYK. */
  colours: number;
  /** All samples of a pixel. */
  pixel: (x: number, y: number) => number[];
  little?: boolean;
  /** 1 none, 8 deflate, 32773 PackBits. */
  compression?: number;
  planar?: boolean;
  differences?: boolean;
  /** Size of the tiles; else strips. */
  tile?: [number, number];
  rowsPerStrip?: number;
  /** More tags: a number, or several shorts. */
  tags?: Record<number, number | number[]>;
}

/** Writes a TIFF. */
export function writeTiff(parts: TiffParts): Uint8Array {
  const { width, height, bits, colours, pixel, little = true, compression = 1 } = parts;
  const { planar = false, differences = false, tile, rowsPerStrip = height, tags = {} } = parts;
  const samples = pixel(0, 0).length;
  const [w, h] = tile ?? [width, rowsPerStrip];
  const pieces: number[][] = [];
  const clampedPixel = (x: number, y: number) =>
    pixel(Math.min(x, width - 1), Math.min(y, height - 1));
  for (let plane = 0; plane < (planar ? samples : 1); plane++) {
    for (let top = 0; top < height; top += h) {
      for (let left = 0; left < width; left += w) {
        const rows = tile ? h : Math.min(h, height - top);
        const data = Array.from({ length: rows }, (_, j) => {
          const row = Array.from({ length: w }, (_, i) => {
            const here = clampedPixel(left + i, top + j);
            const before = i ? clampedPixel(left + i - 1, top + j) : here.map(() => 0);
            const sent = here.map((level, k) =>
              differences ? level - before[k] + 2 ** bits & 2 ** bits - 1 : level
            );
            return planar ? [sent[plane]] : sent;
          }).flat();
          return bits === 16
            ? row.flatMap((level) => number(level, 2, little))
            : bytesOfBits(row.map((level) => level.toString(2).padStart(bits, "0")).join(""), "0");
        }).flat();
        pieces.push(pack(data, compression));
      }
    }
  }
  const starts = pieces.map((_, i) => 8 + pieces.slice(0, i).reduce((sum, p) => sum + p.length, 0));
  const entries: [number, number, number[]][] = Object.entries({
    256: width,
    257: height,
    258: Array(samples).fill(bits),
    259: compression,
    262: colours,
    277: samples,
    ...(planar ? { 284: 2 } : {}),
    ...(differences ? { 317: 2 } : {}),
    ...(tile ? { 322: w, 323: h } : { 278: rowsPerStrip }),
    ...tags,
  }).map(([tag, value]): [number, number, number[]] => [Number(tag), 2, [value].flat()]);
  const [offsets, lengths] = tile ? [324, 325] : [273, 279];
  entries.push([offsets, 4, starts], [lengths, 4, pieces.map(({ length }) => length)]);
  entries.sort(([a], [b]) => a - b);
  const data = pieces.flat();
  const directory = 8 + data.length + data.length % 2;
  let free = directory + 2 + 12 * entries.length + 4;
  const list: number[] = [], rest: number[] = [];
  const put = (value: number, size: number) => number(value, size, little);
  for (const [tag, size, values] of entries) {
    list.push(...put(tag, 2), ...put(size === 2 ? 3 : 4, 2), ...put(values.length, 4));
    const bytes = values.flatMap((value) => put(value, size));
    if (bytes.length <= 4) list.push(...bytes, ...Array(4 - bytes.length).fill(0));
    else {
      list.push(...put(free, 4));
      rest.push(...bytes);
      free += bytes.length;
    }
  }
  return new Uint8Array([
    ...text(little ? "II" : "MM"),
    ...put(42, 2),
    ...put(directory, 4),
    ...data,
    ...Array(data.length % 2).fill(0),
    ...put(entries.length, 2),
    ...list,
    ...Array(4).fill(0),
    ...rest,
  ]);
}

function pack(data: number[], compression: number): number[] {
  if (compression === 8) return [...deflateSync(new Uint8Array(data))];
  if (compression !== 32773) return data;
  // a run where there is one, else a byte as it is
  const packed: number[] = [];
  for (let at = 0; at < data.length;) {
    let run = 1;
    while (run < 128 && data[at + run] === data[at]) run++;
    packed.push(run > 1 ? 257 - run : 0, data[at]);
    at += run;
  }
  return packed;
}
