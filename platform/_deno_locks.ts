/** Locks on files, as Deno has them. */
import type { OpenLocked } from "./_lock.ts";

const OPTIONS = { new: { createNew: true }, there: {}, any: { create: true } };

export const openLocked: OpenLocked = async (path, mode) => {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { ...OPTIONS[mode], read: true, write: true });
  } catch (error) {
    if (mode === "there" && error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const locked = await file.tryLock(true).catch(() => undefined);
  return {
    state: locked === undefined ? "none" : locked ? "locked" : "busy",
    // deno-lint-ignore require-await -- elsewhere it has to wait
    close: async () => file.close(),
  };
};
