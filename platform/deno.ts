/** The platform Deno. */
import process from "node:process";
import * as bytes from "./_bytes.ts";
import * as workers from "./_deno_workers.ts";
import * as errors from "./_errors.ts";
import * as files from "./_files.ts";
import * as program from "./_program.ts";
import { serve } from "./_serve.ts";
import * as shared from "./_shared.ts";
import * as threads from "./_threads.ts";
import type { Platform } from "./platform.ts";

/** Asks first: what is not allowed would end in an error, or at a terminal in a question. */
const env = (variable: string): string | undefined =>
  Deno.permissions.querySync({ name: "env", variable }).state === "granted"
    ? Deno.env.get(variable)
    : undefined;

/** The Vulkan loader warns on standard error where this is unset; it only wants any folder there. */
const FOLDER = "XDG_RUNTIME_DIR";

const maySetFolder = () =>
  Deno.build.os !== "linux" ||
  Deno.permissions.querySync({ name: "env", variable: FOLDER }).state === "granted";

/** A start is quiet: who allows little gets no GPU, and is told why. */
const noGpu = () =>
  maySetFolder() ? undefined : `Deno may not look for a GPU without --allow-env=${FOLDER}`;

const noNative = () =>
  Deno.permissions.querySync({ name: "ffi" }).state === "granted"
    ? undefined
    : "Deno may not load native code without --allow-ffi";

async function gpuAdapter(): Promise<GPUAdapter | null | undefined> {
  const unset = Deno.build.os === "linux" && maySetFolder() && !Deno.env.get(FOLDER);
  if (unset) Deno.env.set(FOLDER, "/tmp");
  return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
}

/** Asks first, likewise. */
const mayUse = (path: string) =>
  (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path }).state === "granted"
  );

/** Asks first, likewise. */
const addresses = () =>
  Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" }).state === "granted"
    ? program.addresses()
    : [];

/** Deno on its main thread and in its workers. */
export const platform: Platform = {
  versions: { deno: Deno.version.deno },
  machine: `${Deno.build.os} ${Deno.build.arch}`,
  noGpu,
  noNative,
  env,
  ...program,
  addresses,
  terminal: () => program.isTerminal() ? process.stderr : undefined,
  ...workers,
  ...threads,
  serve,
  ...errors,
  ...files,
  mayUse,
  ...shared,
  ...bytes,
  gpuAdapter,
};
