/** GIF (89a): the first frame in; frames with one shared palette out. */
import { blank, checkSize, overWhite, type Picture, Unreadable, viewOf } from "./_picture.ts";

interface GifDecoder {
  readonly width: number;
  readonly height: number;
  frame(): { x: number; y: number; width: number; height: number; buffer: Uint8Array } | null;
}
interface GifCodec {
  init(): Promise<unknown>;
  "new"(): { Decoder: new (bytes: Uint8Array) => GifDecoder };
}

/** Decodes a GIF's first frame; what it leaves clear or uncovered is white. */
export async function decodeGif(bytes: Uint8Array): Promise<Picture> {
  checkBlocks(bytes);
  const codec = (await import("imagescript/wasm/node/gif.js")).default as GifCodec;
  await codec.init();
  let decoder, frame;
  try {
    decoder = new (codec.new().Decoder)(bytes);
    frame = decoder.frame();
  } catch (cause) {
    throw new Unreadable("its pixel data is damaged", { cause });
  }
  if (!frame || frame.buffer.length !== 4 * frame.width * frame.height) {
    throw new Unreadable("its pixel data is damaged");
  }
  const cover = overWhite(frame.buffer, frame.width, frame.height);
  const picture = blank(decoder.width, decoder.height);
  picture.data.fill(255);
  const length = 3 * frame.width;
  for (let y = 0; y < frame.height; y++) {
    const row = cover.data.subarray(y * length, (y + 1) * length);
    picture.data.set(row, 3 * ((frame.y + y) * picture.width + frame.x));
  }
  return picture;
}

/** Checks the file's blocks up to the end of the first frame, before a codec sees them. */
function checkBlocks(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  let offset = 0;
  /** Steps over so many bytes and gives where they begin. */
  const take = (count: number) => {
    if (offset + count > bytes.length) throw new Unreadable("it is cut off");
    offset += count;
    return offset - count;
  };
  const takeTable = (flags: number) => flags & 0x80 && take(3 << ((flags & 7) + 1));
  const takeSubBlocks = () => {
    for (let size; (size = bytes[take(1)]);) take(size);
  };
  const screen = take(13) + 6;
  const width = view.getUint16(screen, true), height = view.getUint16(screen + 2, true);
  checkSize(width, height);
  takeTable(bytes[screen + 4]);
  for (;;) {
    const kind = bytes[take(1)];
    if (kind === 0x21) { // an extension
      take(1);
      takeSubBlocks();
    } else if (kind === 0x2c) { // a frame
      const at = take(9);
      const [x, y, w, h] = [0, 2, 4, 6].map((field) => view.getUint16(at + field, true));
      checkSize(w, h);
      if (x + w > width || y + h > height) {
        throw new Unreadable("its frame lies outside the picture");
      }
      takeTable(bytes[at + 8]);
      take(1);
      takeSubBlocks();
      return;
    } else throw new Unreadable(kind === 0x3b ? "it holds no frame" : "its blocks are damaged");
  }
}

interface GifEncoder {
  GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: { palette?: number[][]; delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  quantize(rgba: Uint8Array, colours: number): number[][];
  applyPalette(rgba: Uint8Array, palette: number[][]): Uint8Array;
}

/** How many pixels, over all frames, choose the palette. */
const PALETTE_SAMPLE = 1 << 17;

/** Encodes frames of one size as a GIF that repeats for ever, `delayMs` a frame. */
export async function encodeGif(
  frames: readonly Picture[],
  delayMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const gifenc = (await import("gifenc")).default as GifEncoder;
  const { width, height } = frames[0];
  const step = Math.ceil(frames.length * width * height / PALETTE_SAMPLE);
  const palette = gifenc.quantize(rgba(frames, step), 256);
  const encoder = gifenc.GIFEncoder();
  frames.forEach((frame, i) =>
    encoder.writeFrame(gifenc.applyPalette(rgba([frame]), palette), width, height, {
      palette: i === 0 ? palette : undefined,
      delay: delayMs,
    })
  );
  encoder.finish();
  return encoder.bytes();
}

/** Every `step`-th pixel of each frame as RGBA bytes. */
function rgba(frames: readonly Picture[], step = 1): Uint8Array {
  const perFrame = Math.ceil(frames[0].width * frames[0].height / step);
  const bytes = new Uint8Array(4 * perFrame * frames.length).fill(255);
  let to = 0;
  for (const { data } of frames) {
    for (let from = 0; from < data.length; from += 3 * step, to += 4) {
      bytes[to] = data[from];
      bytes[to + 1] = data[from + 1];
      bytes[to + 2] = data[from + 2];
    }
  }
  return bytes;
}
