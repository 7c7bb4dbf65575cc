/** The platform Deno. */
import { AsyncLocalStorage } from "node:async_hooks";
import * as bytes from "./_deno_bytes.ts";
import * as errors from "./_deno_errors.ts";
import * as files from "./_deno_files.ts";
import * as shared from "./_deno_shared.ts";
import type { AsyncLocal, Platform } from "./platform.ts";

function asyncLocal<T>(): AsyncLocal<T> {
  const storage = new AsyncLocalStorage<T>();
  return { run: (value, f) => storage.run(value, f), get: () => storage.getStore() };
}

/** Signals are heard only when the loop parks: an immediate keeps it busy, a timer does not. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Asks first: what is not allowed would end in an error, or at a terminal in a question. */
const env = (variable: string): string | undefined =>
  Deno.permissions.querySync({ name: "env", variable }).state === "granted"
    ? Deno.env.get(variable)
    : undefined;

/**
 * The Vulkan loader writes a warning to standard error where XDG_RUNTIME_DIR is unset; it only
 * wants any folder there.
 */
async function gpuAdapter(): Promise<GPUAdapter | null | undefined> {
  const variable = "XDG_RUNTIME_DIR";
  const { state } = await Deno.permissions.query({ name: "env", variable });
  const mend = state === "granted" && Deno.build.os === "linux" && !Deno.env.get(variable);
  if (mend) Deno.env.set(variable, "/tmp");
  return await navigator.gpu?.requestAdapter();
}

export const platform: Platform = {
  versions: { deno: Deno.version.deno },
  env,
  asyncLocal,
  pause,
  ...errors,
  ...files,
  ...shared,
  ...bytes,
  gpuAdapter,
};
