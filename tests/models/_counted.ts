/** How often each byte of a file is read. */
import { platform } from "../../platform/mod.ts";

/** Counts it for any file that is opened, until it is disposed of; in the order in which they are. */
export function countedReads(): { readonly counts: Uint8Array[] } & Disposable {
  const { openFile } = platform, counts: Uint8Array[] = [];
  platform.openFile = async (path) => {
    const file = await openFile(path), count = new Uint8Array(file.bytes);
    counts.push(count);
    return {
      bytes: file.bytes,
      async read(at, length) {
        const bytes = await file.read(at, length);
        for (let i = at; i < at + bytes.length; i++) count[i]++;
        return bytes;
      },
      [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose](),
    };
  };
  return { counts, [Symbol.dispose]: () => void (platform.openFile = openFile) };
}
