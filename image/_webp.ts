/**
 * WebP (RFC 9649): the chunks are checked here before the codec sees the file, and of an animation
 * it sees the first frame.
 */
import { type Metadata, orient, orientationOf } from "./_exif.ts";
import { runCodec } from "./_jsquash.ts";
import {
  checkSize,
  checkYield,
  onPaper,
  overWhite,
  type Picture,
  text,
  Unreadable,
  viewOf,
} from "./_picture.ts";
import { ALPHA, type Chunk, chunksOf, extendedHeader, webpFile } from "./_riff.ts";

/** What one picture is coded in: `VP8 ` or `VP8L`, and perhaps its alpha. */
interface Coded {
  readonly width: number;
  readonly height: number;
  readonly pixels: Chunk;
  readonly alpha?: Chunk;
}

/** Where a frame lies on the whole. */
interface Placed extends Coded {
  readonly x: number;
  readonly y: number;
}

/** Decodes a lossy or lossless WebP, or its first frame; alpha, and what is not covered, is white. */
export async function decodeWebp(bytes: Uint8Array): Promise<Picture> {
  const end = 8 + viewOf(bytes).getUint32(4, true);
  if (end > bytes.length) throw new Unreadable("it is cut off");
  const chunks = chunksOf(bytes.subarray(12, Math.max(12, end)));
  const canvas = chunks.find(({ type }) => type === "VP8X");
  const size = canvas && canvasSize(canvas);
  const still = codedIn(chunks), frame = still ? undefined : frameOf(chunks);
  const coded = still ?? frame;
  if (!coded) throw new Unreadable("it holds no pixel data");
  const { width, height } = size ?? coded;
  const { x, y } = frame ?? { x: 0, y: 0 };
  if (x + coded.width > width || y + coded.height > height) {
    throw new Unreadable("its frame lies outside the picture");
  }
  checkYield({ width, height }, 4 * width * height, bytes);
  const part = await decode(coded);
  return orient(
    part.width === width && part.height === height ? part : onPaper(part, x, y, { width, height }),
    orientationOf(metadataOf(chunks)),
  );
}

function canvasSize({ body }: Chunk): { width: number; height: number } {
  if (body.length < 10) throw new Unreadable("its header is malformed");
  const view = viewOf(body);
  const width = 1 + (view.getUint32(4, true) & 0xffffff),
    height = 1 + (view.getUint32(6, true) >>> 8);
  checkSize(width, height);
  return { width, height };
}

function codedIn(chunks: readonly Chunk[]): Coded | undefined {
  const pixels = chunks.find(({ type }) => type === "VP8 " || type === "VP8L");
  if (!pixels) return undefined;
  const { type, body } = pixels, view = viewOf(body);
  if (body.length < (type === "VP8L" ? 5 : 10)) throw new Unreadable("its header is malformed");
  const bits = type === "VP8L" ? view.getUint32(1, true) : 0;
  const [width, height] = type === "VP8L"
    ? [1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff)]
    : [view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff];
  checkSize(width, height);
  return { width, height, pixels, alpha: chunks.find(({ type }) => type === "ALPH") };
}

/** The first frame of an animation. */
function frameOf(chunks: readonly Chunk[]): Placed | undefined {
  const body = chunks.find(({ type }) => type === "ANMF")?.body;
  if (!body) return undefined;
  if (body.length < 16) throw new Unreadable("its frame is malformed");
  const view = viewOf(body);
  const coded = codedIn(chunksOf(body.subarray(16)));
  const x = 2 * (view.getUint32(0, true) & 0xffffff), y = 2 * (view.getUint32(2, true) >>> 8);
  return coded && { ...coded, x, y };
}

/** Decodes one picture, in a file of its own without anything else. */
async function decode({ width, height, pixels, alpha }: Coded): Promise<Picture> {
  const lossless = pixels.type === "VP8L";
  // the last chunk of a file may lack its padding
  const padded = ({ whole }: Chunk) => [whole, new Uint8Array(whole.length & 1)];
  const parts = padded(pixels);
  if (alpha && !lossless) {
    parts.unshift(extendedHeader(ALPHA, width, height), ...padded(alpha));
  }
  const file = webpFile(parts);
  const codec = await import("../deps/webp_decode.ts");
  const binary = ["@jsquash/webp", "codec/dec/webp_dec.wasm"] as const;
  const { data, width: w, height: h } = (await runCodec(codec, binary, file)).image;
  if (w !== width || h !== height) throw new Unreadable("its pixels do not fill its size");
  // without the hint that it has alpha, what the data says of alpha means nothing
  const opaque = lossless && (pixels.body[4] & 0x10) === 0;
  return overWhite(data, w, h, opaque);
}

function metadataOf(chunks: readonly Chunk[]): Metadata {
  const find = (name: string) => chunks.find(({ type }) => type === name)?.body;
  const xmp = find("XMP ");
  return { exif: find("EXIF"), xmp: xmp && text(xmp) };
}
