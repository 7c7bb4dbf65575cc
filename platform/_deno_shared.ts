/** Files that several programs share, and that grow over several of their lives: a cache's. */
import { dirname } from "node:path";
import { claim } from "./_deno_partial.ts";
import { makeFolder, remove, rename } from "./_deno_files.ts";
import type { AppendedFile } from "./platform.ts";

export async function openAppend(path: string): Promise<AppendedFile> {
  const file = await Deno.open(path, { append: true, create: true, read: true });
  const { size } = await file.stat().catch((error) => {
    file.close();
    throw error;
  });
  return {
    bytes: size,
    async write(bytes) {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    clear: () => file.truncate(0),
    sync: () => file.sync(),
    // deno-lint-ignore require-await -- elsewhere it has to wait
    async [Symbol.asyncDispose]() {
      file.close();
    },
  };
}

/** How often a lock that somebody else holds is asked for. */
const ASK_MS = 100;

export async function lock(
  path: string,
  { signal, onWait }: { signal?: AbortSignal; onWait?: () => void } = {},
): Promise<AsyncDisposable> {
  await makeFolder(dirname(path));
  const file = await Deno.open(path, { create: true, read: true, write: true });
  try {
    // a disk that knows no locks has none to wait for
    for (let told = false; !await file.tryLock(true).catch(() => true);) {
      signal?.throwIfAborted();
      if (!told) onWait?.();
      told = true;
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    signal?.throwIfAborted();
  } catch (error) {
    file.close();
    throw error;
  }
  // deno-lint-ignore require-await -- elsewhere it has to wait
  return { [Symbol.asyncDispose]: async () => file.close() }; // which lets go of the lock
}

export async function linkTo(target: string, path: string): Promise<boolean> {
  try {
    await Deno.symlink(target, path, { type: "file" });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    return false; // a disk, or a user of Windows, without links
  }
}

export async function copyFile(from: string, to: string): Promise<void> {
  const partial = await claim(dirname(to));
  try {
    await Deno.copyFile(from, partial);
    await rename(partial, to);
  } catch (error) {
    await remove(partial).catch(() => {});
    throw error;
  }
}

export const realPath = (path: string): Promise<string> => Deno.realPath(path);
