/** Pictures: PNG by its chunks (their sums made right again), JPEG by its segments, and damage to all. */
import { crc32, deflateSync } from "node:zlib";
import type { Random } from "../../core/random.ts";
import { decodeImage, encodeGif, encodePng } from "../../image/mod.ts";
import * as fixtures from "../image/_image_fixtures.ts";
import { muchDamaged } from "./_bytes.ts";
import { refusal, type Target } from "./_target.ts";

const files: Uint8Array[] = Object.values(fixtures as Record<string, unknown>).flatMap((value) =>
  value !== null && typeof value === "object" && "bytes" in value &&
    value.bytes instanceof Uint8Array
    ? [value.bytes]
    : []
);
const picture = { width: 9, height: 7, data: Uint8ClampedArray.from({ length: 189 }, (_, i) => i) };

interface Chunk {
  type: string;
  data: Uint8Array;
}

const SIZES = [0, 1, 2, 9, 300, 5000, 70_000, 2 ** 24, 2 ** 31 - 1, 2 ** 32 - 1];

/** A PNG of any header, its pixels packed anew, its chunks lost, doubled or moved. */
function png(random: Random): Uint8Array {
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  const usual = random.next() < 0.6;
  const width = usual ? random.integer(1, 40) : random.pick(SIZES);
  const height = usual ? random.integer(1, 40) : random.pick(SIZES);
  view.setUint32(0, width);
  view.setUint32(4, height);
  const depth = random.pick([1, 2, 4, 8, 8, 8, 16, 3]),
    color = random.pick([0, 2, 2, 3, 4, 6, 6, 5]);
  header.set([depth, color, 0, 0, random.pick([0, 0, 0, 1, 2])], 8);
  const channels = [1, 0, 3, 1, 2, 0, 4][color] ?? 1;
  const row = 1 + Math.ceil(Math.min(width, 40) * channels * depth / 8);
  const raw = Uint8Array.from(
    { length: Math.max(0, row * Math.min(height, 40) + random.pick([0, 0, 0, -1, 1, 50])) },
    (_, i) => i % row === 0 ? random.pick([0, 1, 2, 3, 4, 4, 9]) : random.integer(0, 255),
  );
  // what unpacks to a thousand times as much
  const pixels = random.next() < 0.03 ? new Uint8Array(random.pick([1e5, 1e6, 2e7])) : raw;
  const packed = new Uint8Array(deflateSync(pixels, { level: 1 }));
  const cut = random.integer(0, packed.length);
  const chunks: Chunk[] = [
    { type: "IHDR", data: header },
    { type: "PLTE", data: new Uint8Array(random.pick([3, 6, 768, 4, 0])) },
    { type: "tRNS", data: new Uint8Array(random.pick([1, 2, 6, 256, 0])) },
    { type: "IDAT", data: packed.subarray(0, cut) },
    { type: "IDAT", data: packed.subarray(cut) },
    { type: "IEND", data: new Uint8Array() },
  ];
  for (let n = random.integer(0, 2); n > 0; n--) {
    const at = random.integer(0, chunks.length - 1);
    if (random.next() < 0.3) chunks.splice(at, 1);
    else if (random.next() < 0.5) chunks.splice(random.integer(0, chunks.length), 0, chunks[at]);
    else chunks[at] = { ...chunks[at], data: muchDamaged(random, chunks[at].data) };
    if (chunks.length === 0) break;
  }
  return joined([Uint8Array.of(0x89, 80, 78, 71, 13, 10, 26, 10), ...chunks.flatMap(written)]);
}

function written({ type, data }: Chunk): Uint8Array[] {
  const body = joined([new TextEncoder().encode(type), data]),
    ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, data.length);
  ends.setUint32(4, crc32(body));
  return [new Uint8Array(ends.buffer, 0, 4), body, new Uint8Array(ends.buffer, 4, 4)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) bytes.set(part, at), at += part.length;
  return bytes;
}

/** A JPEG whose segments are changed one by one: its frame's size, its tables, its scans. */
function jpeg(random: Random): Uint8Array {
  const whole = random.pick(files.filter((bytes) => bytes[0] === 0xff && bytes[1] === 0xd8));
  const segments: Uint8Array[] = [];
  let at = 2;
  while (at + 4 <= whole.length && whole[at] === 0xff) {
    const length = whole[at + 2] << 8 | whole[at + 3];
    segments.push(whole.slice(at, at + 2 + length));
    at += 2 + length;
    if (whole[at] !== 0xff) break;
  }
  const scan = whole.slice(at), index = random.integer(0, segments.length - 1);
  const segment = segments[index];
  switch (random.integer(0, 4)) {
    case 0:
      segments.splice(index, 1);
      break;
    case 1:
      segments.push(segment);
      break;
    case 2: { // the size that the frame claims
      const frame = segments.find((s) => s[1] >= 0xc0 && s[1] <= 0xc2) ?? segment;
      const view = new DataView(frame.buffer);
      if (frame.length > 9) {
        view.setUint16(5, random.pick([0, 1, 13, 500, 5000, 65535]));
        view.setUint16(7, random.pick([0, 1, 17, 500, 5000, 65535]));
      }
      break;
    }
    case 3: {
      const body = muchDamaged(random, segment.subarray(4));
      const head = Uint8Array.of(0xff, segment[1], body.length + 2 >> 8, body.length + 2 & 255);
      segments[index] = joined([head, body]);
      break;
    }
    default:
      segments[index] = muchDamaged(random, segment);
  }
  return joined([
    whole.subarray(0, 2),
    ...segments,
    random.next() < 0.3 ? muchDamaged(random, scan) : scan,
  ]);
}

const target: Target = {
  async prepare() {
    files.push(await encodePng(picture), await encodeGif([picture, picture], { delayMs: 10 }));
  },
  input(random) {
    const kind = random.next();
    if (kind < 0.35) return png(random);
    if (kind < 0.6) return jpeg(random);
    return muchDamaged(random, random.pick(files));
  },
  async survives(bytes) {
    try {
      const { width, height, data } = await decodeImage(bytes, "damaged");
      if (data.length !== width * height * 3) {
        throw new Error(`${data.length} bytes of ${width}x${height}`);
      }
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
