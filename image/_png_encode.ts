/** PNG out: 8-bit RGB, the same bytes for the same picture. */
import { platform } from "../platform/mod.ts";
import { concat, type Picture, viewOf } from "./_picture.ts";
import { paeth } from "./_png_rows.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RGB = 2;

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
