/** Files and folders, by what Deno and Node have in common. */
import { readFileSync as readNow } from "node:fs";
import fs from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { fetchFile, isRemote } from "./_address.ts";
import { claim, release } from "./_partial.ts";
import type { Entry, FileFacts, OpenFile, Path } from "./platform.ts";

export async function readFile(
  path: Path,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  if (isRemote(path)) return await fetchFile(path, signal);
  try {
    const { buffer, byteOffset, length } = await fs.readFile(path, { signal });
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
  } catch (error) {
    signal?.throwIfAborted(); // with its own reason
    throw error;
  }
}

export const readFileSync = (path: Path): Uint8Array<ArrayBuffer> => new Uint8Array(readNow(path));

export const readText = async (path: Path, options: { signal?: AbortSignal } = {}) =>
  new TextDecoder().decode(await readFile(path, options));

export async function openFile(path: Path): Promise<OpenFile> {
  const file = await fs.open(path);
  const { size } = await file.stat().catch(async (error) => {
    await file.close();
    throw error;
  });
  const readAt = async (at: number, length: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };
  const reading = new Set<Promise<unknown>>();
  return {
    bytes: size,
    read(at, length) {
      const result = readAt(at, length);
      const over: Promise<unknown> = result.catch(() => {}).then(() => reading.delete(over));
      reading.add(over);
      return result;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(reading);
      await file.close();
    },
  };
}

/** What a file's facts and a folder's entries both tell. */
interface Kind {
  isFile(): boolean;
  isDirectory(): boolean;
}

const kindOf = (found: Kind): FileFacts["kind"] =>
  found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";

export async function stat(path: Path): Promise<FileFacts> {
  const info = await fs.stat(path);
  return { kind: kindOf(info), bytes: info.size, modified: info.mtime };
}

export async function look(path: Path): Promise<FileFacts | undefined> {
  const info = await fs.lstat(path).catch(() => undefined);
  return info && { kind: kindOf(info), bytes: info.size, modified: info.mtime };
}

export const exists = async (path: Path): Promise<boolean> => await look(path) !== undefined;

export async function* list(folder: Path): AsyncGenerator<Entry> {
  for await (const entry of await fs.opendir(folder)) {
    yield { name: entry.name, kind: kindOf(entry) };
  }
}

export const fileUrl = (path: Path): URL =>
  path instanceof URL || /^file:/i.test(path) ? new URL(path) : pathToFileURL(path);

// `import.meta.resolve` would leave what it finds without an import map as `npm:…`; where the
// library was imported by address, no file asks, and all packages that are in use are found
const require = createRequire(import.meta.url.startsWith("file:") ? import.meta.url : "file:///");

export const packageFile = (exported: string, path: string): URL =>
  new URL(path, pathToFileURL(require.resolve(exported)));

export async function makeFolder(path: string): Promise<void> {
  await fs.mkdir(path, { recursive: true });
}

// with the permissions of any new folder; those of mkdtemp would leave it to its maker alone
export async function makeTemporaryFolder(folder: string): Promise<string> {
  const path = await claim(folder);
  try {
    await fs.mkdir(path);
  } catch (error) {
    await release(path);
    throw error;
  }
  return path;
}

export { sweep } from "./_partial.ts";

export const writeFile = (path: string, content: Uint8Array | string): Promise<void> =>
  fs.writeFile(path, content);

export async function writeWhole(
  path: string,
  content: Uint8Array | string | ((partial: string) => Promise<unknown>),
  options: { replace?: boolean } = {},
): Promise<void> {
  const partial = await claim(dirname(path));
  try {
    if (typeof content === "function") await content(partial);
    else await writeFile(partial, content);
    await rename(partial, path, options);
  } catch (error) {
    await remove(partial).catch(() => {});
    throw error;
  }
}

export async function rename(
  from: string,
  to: string,
  { replace = true }: { replace?: boolean } = {},
): Promise<void> {
  await (replace ? fs.rename(from, to) : renameToFree(from, to));
  await release(from);
}

async function renameToFree(from: string, to: string): Promise<void> {
  const taken = () => Object.assign(new Error(`There is a "${to}" already`), { code: "EEXIST" });
  if (await exists(to)) throw taken();
  if (await linked(from, to)) return await fs.unlink(from);
  if ((await fs.lstat(from)).isFile()) {
    // a disk that knows no links, or a program that may not make any: an empty file takes the name
    await (await fs.open(to, "wx")).close();
    return await fs.rename(from, to);
  }
  // a folder, which another with something in it stops
  await fs.rename(from, to).catch(async (error) => {
    throw await exists(to) ? taken() : error;
  });
}

/** Gives a file a second name unless there is one; false where that cannot be. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") throw error;
    return false;
  }
}

export async function remove(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true });
  await release(path);
}
