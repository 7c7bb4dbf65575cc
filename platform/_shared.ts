/** Files that several programs share, and that grow over several of their lives: a cache's. */
import fs from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, remove, rename } from "./_files.ts";
import { openLocked } from "./_locks.ts";
import { claim } from "./_partial.ts";
import type { AppendedFile } from "./platform.ts";

export async function openAppend(path: string): Promise<AppendedFile> {
  const file = await fs.open(path, "a+");
  const { size } = await file.stat().catch(async (error) => {
    await file.close();
    throw error;
  });
  return {
    bytes: size,
    async write(bytes) {
      for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
    },
    clear: () => file.truncate(0),
    sync: () => file.sync(),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** How often a lock that somebody else holds is asked for. */
const ASK_MS = 100;

export async function lock(
  path: string,
  { signal, onWait }: { signal?: AbortSignal; onWait?: () => void } = {},
): Promise<AsyncDisposable> {
  await makeFolder(dirname(path));
  for (let told = false;;) {
    const lock = (await openLocked(path, "any"))!;
    // a disk that knows no locks has none to wait for
    if (lock.state !== "busy" && !signal?.aborted) {
      return { [Symbol.asyncDispose]: () => lock.close() };
    }
    await lock.close();
    signal?.throwIfAborted();
    if (!told) onWait?.();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

export async function linkTo(target: string, path: string): Promise<boolean> {
  try {
    await fs.symlink(target, path, "file");
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") throw error;
    return false; // a disk, or a user of Windows, without links
  }
}

export async function copyFile(from: string, to: string): Promise<void> {
  const partial = await claim(dirname(to));
  try {
    await fs.copyFile(from, partial);
    await rename(partial, to);
  } catch (error) {
    await remove(partial).catch(() => {});
    throw error;
  }
}

export const realPath = (path: string): Promise<string> => fs.realpath(path);
