/** Threads that compute on shared memory, as Deno and Node have them in common. */
import { Worker } from "node:worker_threads";
import type { Thread } from "./platform.ts";

export const cores = navigator.hardwareConcurrency;

export function startThread(code: string, data: unknown): Thread {
  // the timer keeps a thread that waits
  const script = `const { workerData } = require("node:worker_threads");
const stays = setInterval(() => {}, 2 ** 30);
(${code})(workerData).finally(() => clearInterval(stays));`;
  const worker = new Worker(script, { eval: true, workerData: data });
  worker.on("error", () => {}); // whoever waits for it sees that nothing comes
  worker.unref();
  return { end: async () => void await worker.terminate() };
}
