/** Lets signals, timers and other work through between the steps of a long pass. */
import { platform } from "../platform/mod.ts";

const INTERVAL_MS = 30;
let last = performance.now();

/**
 * Gives the event loop a turn if the last one is more than a moment ago.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  if (performance.now() - last >= INTERVAL_MS) {
    await platform.pause();
    last = performance.now();
  }
  // once a call, however long the pass takes
  signal?.throwIfAborted();
}
