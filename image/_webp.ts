/** WebP (RFC 9649), still pictures: the chunks are checked here before the codec sees the file. */
import { orient, readOrientation } from "./_exif.ts";
import { runCodec } from "./_jsquash.ts";
import { ascii, checkSize, overWhite, type Picture, Unreadable, viewOf } from "./_picture.ts";

/** Decodes a lossy or lossless WebP; alpha goes over white. */
export async function decodeWebp(bytes: Uint8Array): Promise<Picture> {
  const { orientation, end } = checkChunks(bytes);
  const codec = await import("@jsquash/webp/decode.js");
  const { image } = await runCodec(codec, bytes.subarray(0, end));
  return orient(overWhite(image.data, image.width, image.height), orientation);
}

function checkChunks(bytes: Uint8Array): { orientation: number; end: number } {
  const view = viewOf(bytes);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw new Unreadable("it is cut off");
  let orientation = 1;
  let pixels = false;
  for (let offset = 12; offset < end;) {
    if (offset + 8 > end) throw new Unreadable("it is cut off");
    const type = ascii(bytes.subarray(offset, offset + 4));
    const length = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (start + length > end) throw new Unreadable("it is cut off");
    offset = start + length + (length & 1);
    if (type === "EXIF") {
      // Some encoders keep JPEG's prefix.
      const exif = bytes.subarray(start, start + length);
      const prefixed = ascii(exif.subarray(0, 6)) === "Exif\0\0";
      orientation = readOrientation(prefixed ? exif.subarray(6) : exif);
    } else if (type === "ANIM") {
      throw new Unreadable("it is animated; save one frame of it");
    } else if (type in SIZES) {
      const [needed, sizeOf] = SIZES[type];
      if (length < needed) throw new Unreadable("its header is malformed");
      checkSize(...sizeOf(viewOf(bytes.subarray(start, start + length))));
      pixels ||= type !== "VP8X";
    }
  }
  if (!pixels) throw new Unreadable("it holds no pixel data");
  return { orientation, end };
}

/** How many bytes of a chunk hold the size, and how to read width and height from them. */
const SIZES: Record<string, [number, (chunk: DataView) => [number, number]]> = {
  "VP8 ": [10, (chunk) => [chunk.getUint16(6, true) & 0x3fff, chunk.getUint16(8, true) & 0x3fff]],
  "VP8L": [5, (chunk) => {
    const bits = chunk.getUint32(1, true);
    return [1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)];
  }],
  "VP8X": [10, (chunk) => [
    1 + (chunk.getUint32(4, true) & 0xffffff),
    1 + (chunk.getUint32(6, true) >>> 8),
  ]],
};
