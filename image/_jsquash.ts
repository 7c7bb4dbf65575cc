/** How the codecs of `@jsquash` are run. */
import { platform } from "../platform/mod.ts";
import { Unreadable } from "./_picture.ts";

interface Codec {
  default(bytes: ArrayBuffer): Promise<ImageData>;
  init(options: { printErr(line: string): void }): Promise<void>;
}

/**
 * Decodes with a fresh instance, so that no memory or state of another picture's remains, and gives
 * the codec's warnings along.
 *
 * @throws Unreadable where the codec gives up.
 */
export async function runCodec(
  codec: Codec,
  bytes: Uint8Array,
): Promise<{ image: ImageData; warnings: string[] }> {
  const warnings: string[] = [];
  // `decode` takes the instance of the latest `init`: nothing may be awaited between the two.
  void codec.init({ printErr: (line) => warnings.push(line) });
  try {
    return { image: await codec.default(bytes.slice().buffer), warnings };
  } catch (error) {
    if (platform.fault(error)) throw error; // its file cannot be read
    const damage = warnings.at(-1) ?? "the codec gave up";
    throw new Unreadable(`its pixel data is damaged (${damage})`, { cause: error });
  }
}
