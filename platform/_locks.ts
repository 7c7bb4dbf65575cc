/** Locks on files, as the system has them, by the way that leads to it from what runs us. */
import type { OpenLocked } from "./_lock.ts";

export const openLocked: OpenLocked = "Deno" in globalThis
  ? (await import("./_deno_locks.ts")).openLocked
  : (await import("./_node_locks.ts")).openLocked;
