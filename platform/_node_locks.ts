/**
 * Locks on files for Node, which has none of its own. They are the system's, so that Deno, Node and
 * Python's `huggingface_hub` heed one another, and the end of a process, in whatever way, lets go:
 *
 * - Linux: the program `flock` of util-linux or busybox locks a file that it inherits open. The lock
 *   belongs to the open file, so it is ours once that program has ended. Without it, there are no locks.
 * - macOS and the BSDs: `open` itself locks (O_EXLOCK).
 * - Windows: a file can be opened for one alone (libuv's UV_FS_O_EXLOCK).
 */
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import fs from "node:fs/promises";
import process from "node:process";
import type { Lock, OpenLocked } from "./_lock.ts";

const { O_RDWR, O_CREAT, O_EXCL } = constants;
const CREATE = { new: O_CREAT | O_EXCL, there: 0, any: O_CREAT };

/** What `open` takes besides, in order to lock: of the BSDs O_EXLOCK and O_NONBLOCK. */
const EXCLUSIVELY: Readonly<Record<string, number>> = {
  darwin: 0x20 | 0x4,
  freebsd: 0x20 | 0x4,
  openbsd: 0x20 | 0x4,
  win32: 0x10000000,
};
const exclusively = EXCLUSIVELY[process.platform];

/** The codes that say that a file is somebody else's for now. */
const BUSY = ["EAGAIN", "EWOULDBLOCK", "EBUSY"];
const NOBODYS = async () => {};

export const openLocked: OpenLocked = async (path, mode) => {
  const flags = O_RDWR | CREATE[mode];
  try {
    const file = await fs.open(path, flags | (exclusively ?? 0));
    const state = exclusively === undefined ? await flock(file.fd) : "locked";
    return { state, close: () => file.close() };
  } catch (error) {
    const code = String((error as { code?: string }).code);
    if (mode === "there" && code === "ENOENT") return undefined;
    if (exclusively === undefined) throw error;
    if (BUSY.includes(code)) return { state: "busy", close: NOBODYS };
    if (!/^E(OPNOTSUPP|NOTSUP|NOLCK|INVAL)$/.test(code)) throw error;
    const file = await fs.open(path, flags);
    return { state: "none", close: () => file.close() };
  }
};

/** What `flock` ends with where somebody else holds the lock. */
const HELD = 1;

/** Locks the open file of a number. */
const flock = (fd: number): Promise<Lock["state"]> =>
  new Promise((resolve) => {
    const child = spawn("flock", ["-x", "-n", "3"], { stdio: ["ignore", "ignore", "ignore", fd] });
    child.on("error", () => resolve("none")); // there is no such program
    child.on("exit", (code) => resolve(code === 0 ? "locked" : code === HELD ? "busy" : "none"));
  });
