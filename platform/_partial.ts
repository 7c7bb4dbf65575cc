/**
 * Hidden names for what is not whole yet. Beside each lies a file that its process holds locked: the
 * system lets go of the lock when the process ends, in whatever way, so that what is left behind can
 * be told from what is being written. A process number alone could not: numbers come again.
 */
import fs from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Lock } from "./_lock.ts";
import { openLocked } from "./_locks.ts";

const PREFIX = ".partial-", LOCK = ".lock";

/** The locked files of this process, by the names that they stand for. */
const held = new Map<string, Lock>();

/**
 * Takes a hidden name in a folder, for a file or folder to be made under; whoever lists runs passes
 * over names that begin with a dot.
 */
export async function claim(folder: string): Promise<string> {
  for (;;) {
    const path = join(folder, `${PREFIX}${process.pid}-${crypto.randomUUID().slice(0, 8)}`);
    // a disk that knows no locks has nobody who sweeps either
    const lock = await openLocked(path + LOCK, "new");
    // else somebody swept it between the two
    if (lock && lock.state !== "busy" && await isThere(path + LOCK)) {
      held.set(path, lock);
      return path;
    }
    await lock?.close();
  }
}

/** Gives a name back, once nothing lies under it any more; nothing where it is none of ours. */
export async function release(path: string): Promise<void> {
  const lock = held.get(path);
  if (!lock) return;
  held.delete(path);
  await removeLock(path, lock).catch(() => {});
}

/** Removes a locked file; Windows wants it closed before. */
async function removeLock(path: string, lock: Lock): Promise<void> {
  const removed = await fs.rm(path + LOCK).then(() => true, () => false);
  await lock.close();
  if (!removed) await fs.rm(path + LOCK, { force: true });
}

/** Removes what processes that are no more have left behind in a folder, as far as one may. */
export async function sweep(folder: string): Promise<void> {
  const found = new Set<string>();
  try {
    for (const name of await fs.readdir(folder)) {
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
  const lock = await openLocked(path + LOCK, "there");
  if (lock && lock.state !== "locked") return await lock.close(); // held, or nobody knows
  try {
    await fs.rm(path, { recursive: true, force: true });
  } catch (error) {
    await lock?.close();
    throw error;
  }
  if (lock) await removeLock(path, lock);
}

const isThere = (path: string) => fs.lstat(path).then(() => true, () => false);
