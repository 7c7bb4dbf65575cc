/** How the codecs of `@jsquash` are run. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { type Picture, Unreadable } from "./_picture.ts";

interface Codec {
  default(bytes: ArrayBuffer): Promise<ImageData>;
  init(options: { wasmBinary: Uint8Array; printErr(line: string): void }): Promise<void>;
}

/** Node has no such class, and the codecs give their pixels in one. */
class Pixels {
  readonly colorSpace = "srgb";
  constructor(
    readonly data: Uint8ClampedArray<ArrayBuffer>,
    readonly width: number,
    readonly height: number,
  ) {}
}

/**
 * A codec's WebAssembly: read here, for the codec itself would look for it in a way that only
 * browsers know, and fail with a page of its own words.
 *
 * @throws UserError where the file cannot be read.
 */
export async function binaryOf(exported: string, file: string): Promise<Uint8Array> {
  const url = platform.packageFile(exported, file);
  try {
    return await platform.readFile(url);
  } catch (error) {
    throw new UserError(`Cannot read the codec "${file}": ${platform.reason(error)}.`, {
      code: "no-file",
      cause: error,
    });
  }
}

/**
 * Decodes with a fresh instance, so that no memory or state of another picture's remains, and gives
 * the codec's warnings along.
 *
 * @param binary the package and the file that have its WebAssembly
 * @throws Unreadable where the codec gives up; UserError where its file cannot be read.
 */
export async function runCodec(
  codec: Codec,
  binary: readonly [exported: string, file: string],
  bytes: Uint8Array,
): Promise<{ image: ImageData; warnings: string[] }> {
  const warnings: string[] = [];
  const wasmBinary = await binaryOf(...binary);
  Object.assign(globalThis, { ImageData: globalThis.ImageData ?? Pixels });
  // `decode` takes the instance of the latest `init`: nothing may be awaited between the two.
  void codec.init({ wasmBinary, printErr: (line) => warnings.push(line) });
  try {
    return { image: await codec.default(bytes.slice().buffer), warnings };
  } catch (error) {
    const damage = warnings.at(-1) ?? "the codec gave up";
    throw new Unreadable(`its pixel data is damaged (${damage})`, { cause: error });
  }
}

/** A picture as the encoders take it: opaque RGBA. */
export function imageDataOf({ width, height, data }: Picture): ImageData {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[from + 1];
    rgba[to + 2] = data[from + 2];
  }
  return { width, height, data: rgba, colorSpace: "srgb" } as ImageData;
}
