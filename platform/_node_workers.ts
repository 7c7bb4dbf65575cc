/** Modules that run beside the program, as Node has them. */
import { writeSync } from "node:fs";
import process from "node:process";
import { format } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import type { Helper, HelperListener } from "./platform.ts";

/** What is written through the main thread would come after the news that all is done, or be lost. */
if (!isMainThread) {
  const writeTo = (fd: number) => (...words: unknown[]) => writeAll(fd, `${format(...words)}\n`);
  console.log = writeTo(1);
  console.error = console.warn = writeTo(2);
}

/** Writes a text to a standard stream, which may be a pipe that is full for now. */
function writeAll(fd: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export function startHelper(module: URL, listener: HelperListener): Helper {
  const worker = new Worker(module);
  worker.on("message", listener.hear);
  worker.on("error", (error) => listener.broke(String(error)));
  return {
    tell: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
  };
}

export const starter = {
  hear: (listener: (message: unknown) => void): void => void parentPort?.on("message", listener),
  tell: (message: unknown): void => parentPort?.postMessage(message),
  caught: (listener: (error: unknown) => void): void =>
    void process.on("uncaughtException", listener),
  leave: (): void => parentPort?.close(),
};
