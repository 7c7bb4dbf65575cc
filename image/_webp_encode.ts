/** WebP out (RFC 9649): still pictures from the codec, the animation around them. */
import { binaryOf, imageDataOf } from "./_jsquash.ts";
import type { Picture } from "./_picture.ts";
import { ANIMATION, chunk, extendedHeader, uint24, webpFile } from "./_riff.ts";

/**
 * How lossy frames are encoded: so that fine patterns survive, as far as the format lets them, whose
 * colours are half as fine as its light. `method` 4 takes twice as long to save a hundredth.
 */
const LOSSY = { quality: 90, method: 2, use_sharp_yuv: 1 };
/** How lossless ones are, where quality is effort: more takes tenfold as long to save a tenth. */
const LOSSLESS = { lossless: 1, quality: 50, method: 0 };
/** Black; no viewer shows it, for the frames cover all. */
const BACKGROUND = [0, 0, 0, 255];
const FOR_EVER = [0, 0];
/** The frame replaces what was there, and stays (section 2.7.1.1). */
const NO_BLENDING = 0x02;
/** Before the chunks of a still file: `RIFF`, its length, `WEBP`. */
const FILE_HEADER = 12;

/** Encodes frames of one size as a WebP that repeats for ever; a single one as a still picture. */
export async function encodeWebp(
  frames: readonly Picture[],
  delayMs: number,
  lossless: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = frames[0];
  const encode = await encoder(lossless);
  if (frames.length === 1) return await encode(frames[0]);
  const place = [...uint24(0), ...uint24(0), ...uint24(width - 1), ...uint24(height - 1)];
  const head = [...place, ...uint24(delayMs), NO_BLENDING];
  const chunks = [
    extendedHeader(ANIMATION, width, height),
    chunk("ANIM", [...BACKGROUND, ...FOR_EVER]),
  ];
  for (const frame of frames) {
    const pixels = (await encode(frame)).subarray(FILE_HEADER);
    chunks.push(chunk("ANMF", head, pixels.length), pixels);
  }
  return webpFile(chunks);
}

/**
 * The codec, in a fresh instance so that no memory of earlier pictures remains. It has two kinds of
 * WebAssembly, and takes the one that the machine can run.
 */
async function encoder(
  lossless: boolean,
): Promise<(picture: Picture) => Promise<Uint8Array<ArrayBuffer>>> {
  const { default: encode, init } = await import("../deps/webp_encode.ts");
  const { simd } = await import("../deps/wasm_feature_detect.ts");
  const file = await simd() ? "webp_enc_simd.wasm" : "webp_enc.wasm";
  await init({ wasmBinary: await binaryOf("@jsquash/webp", `codec/enc/${file}`) });
  const options = lossless ? LOSSLESS : LOSSY;
  return async (picture) => new Uint8Array(await encode(imageDataOf(picture), options));
}
