/** Runs the command line beside the thread that hears signals. */
import { platform } from "../platform/mod.ts";
import { main } from "./main.ts";

/** What it is told first, then `"stop"`. */
export interface Begin {
  readonly args: readonly string[];
}
/** What it tells: the exit code. */
export interface Ended {
  readonly code: number;
}

const interruption = new AbortController();

platform.starter.hear(async (message) => {
  if (message === "stop") return interruption.abort();
  const { args } = message as Begin;
  platform.starter.tell({ code: await main(args, interruption.signal) } satisfies Ended);
});
