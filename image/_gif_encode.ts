/** GIF (89a) out: frames with one shared palette. */
import type { Picture } from "./_picture.ts";

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
  const gifenc = (await import("../deps/gifenc.ts")).default as GifEncoder;
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
