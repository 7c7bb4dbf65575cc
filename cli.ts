#!/usr/bin/env -S deno run --allow-read --allow-write --allow-net --allow-env=HOME,USERPROFILE,TORCH_HOME,XDG_*,HF_*
/**
 * The command line's door: it hears signals and exits. The command runs in a worker, so that a Ctrl-C
 * is heard whatever it is doing: decoding, parsing, one long convolution. It is asked to stop; where
 * it does not within a moment, or at a second Ctrl-C, the process ends without it.
 */
import { EXIT } from "./cli/_exit.ts";
import type { Ended } from "./cli/_worker.ts";

/** The signals that mean "stop"; Windows knows no SIGTERM. */
const STOP: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** How long a command may take to stop: less than the second after which people press again. */
const GRACE_MS = 700;

/** What only tells something: it takes no longer than the start of a worker. */
const AT_ONCE = /^(techniques|models|help|-.*|)$/;

async function tell(args: readonly string[]): Promise<never> {
  const { main } = await import("./cli/main.ts");
  Deno.exit(await main(args, new AbortController().signal));
}

function work(): void {
  const worker = new Worker(new URL("./cli/_worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Ended>) => Deno.exit(data.code);
  worker.onerror = (event) => {
    event.preventDefault();
    console.error(event.message);
    Deno.exit(EXIT.ours);
  };
  let stopping = false;
  for (const name of STOP) {
    Deno.addSignalListener(name, () => {
      if (stopping) Deno.exit(EXIT.interrupted);
      stopping = true;
      worker.postMessage("stop");
      setTimeout(() => {
        console.error("interrupted");
        Deno.exit(EXIT.interrupted);
      }, GRACE_MS);
    });
  }
}

if (import.meta.main) {
  const { args } = Deno;
  if (AT_ONCE.test(args[0] ?? "") || args.includes("--help")) await tell(args);
  else work();
}
