/// <reference lib="deno.worker" />
/** Runs the command line beside the thread that hears signals. */
import { main } from "./main.ts";

/** What the worker tells: the exit code. */
export interface Ended {
  readonly code: number;
}

const interruption = new AbortController();
self.onmessage = () => interruption.abort();
self.postMessage({ code: await main(Deno.args, interruption.signal) } satisfies Ended);
