/** The platform Deno. */
import process from "node:process";
import * as bytes from "./_bytes.ts";
import { serve } from "./_deno_serve.ts";
import * as workers from "./_deno_workers.ts";
import * as errors from "./_errors.ts";
import * as files from "./_files.ts";
import * as program from "./_program.ts";
import * as shared from "./_shared.ts";
import type { Platform } from "./platform.ts";

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

/** Deno on its main thread and in its workers. */
export const platform: Platform = {
  versions: { deno: Deno.version.deno },
  machine: `${Deno.build.os} ${Deno.build.arch}`,
  noGpu: undefined,
  env,
  ...program,
  terminal: () => program.isTerminal() ? process.stderr : undefined,
  ...workers,
  serve,
  ...errors,
  ...files,
  ...shared,
  ...bytes,
  gpuAdapter,
};
