/** Whether threads can be had here. */
import { noSharedMemory } from "../_wasm_backend.ts";
import { shared } from "../kernels/_module.js";
import { Pool } from "./pool.ts";

/** How long a thread may take to come. */
const PATIENCE_MS = 10_000;

/**
 * Starts a thread and lets it take part in something.
 *
 * @returns why that cannot be; undefined where it can
 */
export async function threadsRefused(): Promise<string | undefined> {
  const none = noSharedMemory();
  if (none) return none;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const pool = new Pool({ module: shared, memory }, { job: 0, thread: 0 });
  pool.limit = 2;
  pool.threadsFor(1);
  try {
    const end = performance.now() + PATIENCE_MS;
    while (!pool.refused && pool.ready < 2 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return pool.refused ?? (pool.ready < 2 ? "a thread was started and did not come" : undefined);
  } finally {
    pool.end();
  }
}
