/**
 * The command line's door: it hears signals and exits. The command runs in a thread of its own, so
 * that a Ctrl-C is heard whatever it is doing: decoding, parsing, one long convolution. It is asked to
 * stop; where it does not within a moment, or at a second Ctrl-C, the process ends without it.
 */
import { platform } from "../platform/mod.ts";
import { EXIT } from "./_exit.ts";
import type { Begin, Ended } from "./_worker.ts";

/** How long a command may take to stop: less than the second after which people press again. */
const GRACE_MS = 700;

/** What only tells something: it takes no longer than the start of a thread. */
const AT_ONCE = /^(techniques|models|help|-.*|)$/;

async function tell(args: readonly string[]): Promise<never> {
  const { main } = await import("./main.ts");
  return platform.exit(await main(args, new AbortController().signal));
}

function work(args: readonly string[]): void {
  const helper = platform.startHelper(new URL("./_worker.ts", import.meta.url), {
    hear: (message) => platform.exit((message as Ended).code),
    broke(message) {
      console.error(message);
      platform.exit(EXIT.ours);
    },
  });
  helper.tell({ args } satisfies Begin);
  let stopping = false;
  platform.onStop(() => {
    if (stopping) platform.exit(EXIT.interrupted);
    stopping = true;
    helper.tell("stop");
    setTimeout(() => {
      console.error("interrupted");
      platform.exit(EXIT.interrupted);
    }, GRACE_MS);
  });
}

/** Whether a thread can be started: else Deno would tell so in words of its own, and more than once. */
async function mayStart(): Promise<boolean> {
  try {
    await platform.readFile(new URL(import.meta.url));
    return true;
  } catch (error) {
    console.error(`error: Cannot start Phosphene's own files: ${platform.reason(error)}.`);
    return false;
  }
}

/** Runs the command line that the program was started with, and ends the program. */
export async function open(): Promise<void> {
  const args = platform.programArguments();
  if (AT_ONCE.test(args[0] ?? "") || args.includes("--help")) await tell(args);
  else if (await mayStart()) work(args);
  else platform.exit(EXIT.user);
}
