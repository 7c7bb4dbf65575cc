/** Files and folders, as Deno has them. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { claim, release } from "./_deno_partial.ts";
import type { Entry, FileFacts, OpenFile, Path } from "./platform.ts";

export const readFile = (
  path: Path,
  options: { signal?: AbortSignal } = {},
): Promise<Uint8Array<ArrayBuffer>> => Deno.readFile(path, options);

export const readText = async (path: Path, options: { signal?: AbortSignal } = {}) =>
  new TextDecoder().decode(await readFile(path, options));

export async function openFile(path: Path): Promise<OpenFile> {
  const file = await Deno.open(path);
  const { size } = await file.stat().catch((error) => {
    file.close();
    throw error;
  });
  // to find a place and to read there are two steps: the next reader waits for both
  let turn: Promise<unknown> = Promise.resolve();
  const readAt = async (at: number, length: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
    await file.seek(at, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const more = await file.read(bytes.subarray(filled));
      if (more === null) break;
      filled += more;
    }
    return bytes.subarray(0, filled);
  };
  return {
    bytes: size,
    read(at, length) {
      const result = turn.then(() => readAt(at, length));
      turn = result.catch(() => {});
      return result;
    },
    async [Symbol.asyncDispose]() {
      await turn;
      file.close();
    },
  };
}

const kindOf = ({ isFile, isDirectory }: Deno.FileInfo | Deno.DirEntry): FileFacts["kind"] =>
  isFile ? "file" : isDirectory ? "folder" : "other";

export async function stat(path: Path): Promise<FileFacts> {
  const info = await Deno.stat(path);
  return { kind: kindOf(info), bytes: info.size };
}

export const exists = (path: Path): Promise<boolean> =>
  Deno.lstat(path).then(() => true, () => false);

export async function* list(folder: Path): AsyncGenerator<Entry> {
  for await (const entry of Deno.readDir(folder)) yield { name: entry.name, kind: kindOf(entry) };
}

export const fileUrl = (path: Path): URL =>
  path instanceof URL || /^file:/i.test(path) ? new URL(path) : pathToFileURL(path);

// `import.meta.resolve` would leave what it finds without an import map as `npm:…`
const require = createRequire(import.meta.url.startsWith("file:") ? import.meta.url : "file:///");

export const packageFile = (exported: string, path: string): URL =>
  new URL(path, pathToFileURL(require.resolve(exported)));

export const makeFolder = (path: string): Promise<void> => Deno.mkdir(path, { recursive: true });

// with the permissions of any new folder; those of makeTempDir would leave it to its maker alone
export async function makeTemporaryFolder(folder: string): Promise<string> {
  const path = await claim(folder);
  try {
    await Deno.mkdir(path);
  } catch (error) {
    await release(path);
    throw error;
  }
  return path;
}

export { sweep } from "./_deno_partial.ts";

export const writeFile = (path: string, content: Uint8Array | string): Promise<void> =>
  typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content);

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
  await (replace ? Deno.rename(from, to) : renameToFree(from, to));
  await release(from);
}

async function renameToFree(from: string, to: string): Promise<void> {
  const taken = () => new Deno.errors.AlreadyExists(`There is a "${to}" already`);
  if (await exists(to)) throw taken();
  if (await linked(from, to)) return await Deno.remove(from);
  if ((await Deno.lstat(from)).isFile) {
    // a disk that knows no links, or a program that may not make any: an empty file takes the name
    (await Deno.open(to, { createNew: true, write: true })).close();
    return await Deno.rename(from, to);
  }
  // a folder, which another with something in it stops
  await Deno.rename(from, to).catch(async (error) => {
    throw await exists(to) ? taken() : error;
  });
}

/** Gives a file a second name unless there is one; false where that cannot be. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    return false;
  }
}

export async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await release(path);
}
