/** The platform Node. */
import process from "node:process";
import { WriteStream } from "node:tty";
import * as bytes from "./_bytes.ts";
import * as errors from "./_errors.ts";
import * as files from "./_files.ts";
import * as workers from "./_node_workers.ts";
import * as program from "./_program.ts";
import { serve } from "./_serve.ts";
import * as shared from "./_shared.ts";
import * as threads from "./_threads.ts";
import type { Platform } from "./platform.ts";

const STANDARD_ERROR = 2;

/** Node on its main thread and in its workers. */
export const platform: Platform = {
  versions: { node: process.versions.node },
  machine: `${process.platform} ${process.arch}`,
  noGpu: () => "Node has no WebGPU",
  noNative: () => undefined,
  env: (name) => process.env[name],
  ...program,
  // a worker's own standard error is a detour through the main thread, and no terminal
  terminal: () => program.isTerminal() ? new WriteStream(STANDARD_ERROR) : undefined,
  ...workers,
  ...threads,
  serve,
  ...errors,
  ...files,
  mayUse: () => true,
  ...shared,
  ...bytes,
  gpuAdapter: () => Promise.resolve(undefined),
};
