/** Decodes and shrinks pictures beside the server, so that a large one keeps nobody waiting. */
import encodeJpeg, { init } from "../deps/jpeg_encode.ts";
import { UserError } from "../core/errors.ts";
import { decodeImage, type Picture } from "../image/mod.ts";
import { imageDataOf } from "../image/_jsquash.ts";
import { shrunk } from "../image/shrink.ts";
import { platform } from "../platform/mod.ts";

/** What the worker is asked, and answers. */
export interface PictureTask {
  readonly name: string;
  /** The file, or its path: then nobody but the worker holds it. */
  readonly file: Uint8Array | string;
  /** The longer side of the thumbnail; without it the picture is only read. */
  readonly shrinkTo?: number;
}
export interface PictureAnswer {
  readonly width: number;
  readonly height: number;
  readonly jpeg?: Uint8Array;
  /** Why it cannot be read. */
  readonly fault?: string;
}

let ready: Promise<void> | undefined;

/** Gives the encoder its WebAssembly, which it would look for in a way that only browsers know. */
async function start(): Promise<void> {
  const file = platform.packageFile("@jsquash/jpeg", "codec/enc/mozjpeg_enc.wasm");
  await init({ wasmBinary: await platform.readFile(file) });
}

async function thumbnail(picture: Picture, longer: number): Promise<Uint8Array> {
  const image = imageDataOf(shrunk(picture, longer, "bicubic"));
  await (ready ??= start());
  return new Uint8Array(await encodeJpeg(image, { quality: 85 }));
}

async function answerTo({ name, file, shrinkTo }: PictureTask): Promise<PictureAnswer> {
  try {
    const bytes = typeof file === "string" ? await platform.readFile(file) : file;
    const picture = await decodeImage(bytes, name), { width, height } = picture;
    const jpeg = shrinkTo === undefined ? undefined : await thumbnail(picture, shrinkTo);
    return { width, height, jpeg };
  } catch (error) {
    if (platform.fault(error)) {
      return { width: 0, height: 0, fault: `Cannot read "${name}": ${platform.reason(error)}.` };
    }
    if (!(error instanceof UserError)) throw error;
    return { width: 0, height: 0, fault: error.message };
  }
}

platform.starter.hear(async (message) => {
  platform.starter.tell(await answerTo(message as PictureTask));
});
