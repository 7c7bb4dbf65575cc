/** A disk in memory: to open a file takes longer than to read most of a campaign's. */
import { useBackend } from "../../engine/runtime.ts";
import { type OpenFile, type Path, type Platform, platform } from "../../platform/mod.ts";

/** Files by path, which the platform reads once `ready`: a campaign has the process to itself. */
export function memoryDisk(initial: Readonly<Record<string, Uint8Array>> = {}) {
  const files = new Map(Object.entries(initial));
  const on = (path: Path) => {
    const bytes = files.get(String(path));
    if (bytes === undefined) throw new Deno.errors.NotFound();
    return bytes;
  };
  const openFile = (path: Path): OpenFile => {
    const bytes = on(path);
    return {
      bytes: bytes.length,
      read: (at, length) => Promise.resolve(bytes.slice(at, at + length)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };
  async function exchange(): Promise<void> {
    await useBackend("cpu");
    Object.assign(
      platform,
      {
        stat: async (path) => await { kind: "file", bytes: on(path).length, modified: new Date(0) },
        openFile: async (path) => await openFile(path),
        readFile: async (path) => await on(path).slice(),
        readText: async (path) => await new TextDecoder().decode(on(path)),
      } satisfies Partial<Platform>,
    );
  }
  let exchanged: Promise<void> | undefined;
  return { files, ready: () => exchanged ??= exchange() };
}
