/** The platform Deno. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { AsyncLocal, Platform } from "./platform.ts";

function asyncLocal<T>(): AsyncLocal<T> {
  const storage = new AsyncLocalStorage<T>();
  return { run: (value, f) => storage.run(value, f), get: () => storage.getStore() };
}

/** Signals are heard only when the loop parks: an immediate keeps it busy, a timer does not. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

export const platform: Platform = { asyncLocal, pause };
