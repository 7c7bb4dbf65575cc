/**
 * Hidden names for what is not whole yet. Beside each lies a file that its process holds locked: the
 * system lets go of the lock when the process ends, in whatever way, so that what is left behind can
 * be told from what is being written. A process number alone could not: numbers come again.
 */
import { join } from "node:path";

const PREFIX = ".partial-", LOCK = ".lock";

/** The locked files of this process, by the names that they stand for. */
const held = new Map<string, Deno.FsFile>();

/**
 * Takes a hidden name in a folder, for a file or folder to be made under; whoever lists runs passes
 * over names that begin with a dot.
 */
export async function claim(folder: string): Promise<string> {
  for (;;) {
    const path = join(folder, `${PREFIX}${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`);
    const file = await Deno.open(path + LOCK, { createNew: true, read: true, write: true });
    // a disk that knows no locks has nobody who sweeps either
    const locked = await file.tryLock(true).catch(() => true);
    // else somebody swept it between the two
    if (locked && await isThere(path + LOCK)) {
      held.set(path, file);
      return path;
    }
    file.close();
  }
}

/** Gives a name back, once nothing lies under it any more; nothing where it is none of ours. */
export async function release(path: string): Promise<void> {
  const file = held.get(path);
  if (!file) return;
  held.delete(path);
  await Deno.remove(path + LOCK).catch(() => {});
  file.close();
}

/** Removes what processes that are no more have left behind in a folder, as far as one may. */
export async function sweep(folder: string): Promise<void> {
  const found = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.startsWith(PREFIX)) found.add(name.replace(/\.lock$/, ""));
    }
  } catch {
    return; // nothing is there, or not for us
  }
  for (const name of found) await sweepOne(join(folder, name)).catch(() => {});
}

async function sweepOne(path: string): Promise<void> {
  if (held.has(path)) return;
  // the lock is there before what it stands for, and until that has gone: without it, nobody writes
  using file = await Deno.open(path + LOCK, { read: true, write: true }).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (file && !await file.tryLock(true)) return;
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (file) await Deno.remove(path + LOCK);
}

const isThere = (path: string) => Deno.lstat(path).then(() => true, () => false);
