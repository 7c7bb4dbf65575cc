/** The platform that the library runs on: Deno's or Node's, by what runs it. */
import { unfit } from "./least.ts";
import type { Platform } from "./platform.ts";

const reason = unfit();
if (reason) throw new Error(reason);

/** What runs the library. */
export const platform: Platform = "Deno" in globalThis
  ? (await import("./deno.ts")).platform
  : (await import("./node.ts")).platform;

export type {
  AppendedFile,
  AsyncLocal,
  Entry,
  Fault,
  FileFacts,
  Helper,
  OpenFile,
  Path,
  Platform,
  Sha256,
  Thread,
} from "./platform.ts";
