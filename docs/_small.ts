/** PNG files of few colours, small enough for a repository. */
import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import gifenc from "../deps/gifenc.ts";
import type { Picture } from "../image/mod.ts";

/** What `gifenc` has and does not declare. */
const { applyPalette, quantize } = gifenc as {
  quantize(rgba: Uint8Array, colors: number): number[][];
  applyPalette(rgba: Uint8Array, palette: number[][]): Uint8Array;
};

const INDEXED = 3, WHITE = [255, 255, 255];

function chunk(type: string, body: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type), body]);
  const bytes = Buffer.alloc(named.length + 8);
  bytes.writeUInt32BE(body.length, 0);
  bytes.set(named, 4);
  bytes.writeUInt32BE(crc32(named), named.length + 4);
  return bytes;
}

/** Encodes a picture as PNG with a palette of at most so many colours, 2..256. */
export function smallPng({ width, height, data }: Picture, colors: number): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const palette = [...quantize(rgba, colors - 1), WHITE]; // paper stays white
  const indices = applyPalette(rgba, palette);
  const rows = new Uint8Array(height * (width + 1)); // each begins with its filter: none
  for (let y = 0; y < height; y++) {
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", Uint8Array.from(palette.flatMap((color) => color.slice(0, 3)))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}
