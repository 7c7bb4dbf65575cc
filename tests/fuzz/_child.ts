/**
 * A process of a campaign: reads inputs in a thread and watches it. Ends where one takes too long or
 * too much memory, and says which; if it dies, what it said last tells nearly which.
 *
 * `deno run _child.ts KIND FIRST_SEED COUNT MILLISECONDS`
 */
import type { Tally, Task, Told } from "./_inputs.ts";

/** A line of what it prints, as JSON. */
export type Line =
  | { readonly at: number; readonly peak: number }
  | { readonly failed: number; readonly error: string }
  | { readonly slow: number; readonly peak: number }
  | { readonly large: number; readonly peak: number }
  | { readonly done: Tally; readonly peak: number };

/** One gigabyte. */
const MOST_BYTES = 1e9;
const LOOK_EVERY_MS = 20;
const TELL_EVERY_MS = 200;

if (import.meta.main) {
  const [kind, from, count, patience] = Deno.args;
  const clock = new SharedArrayBuffer(16), place = new Float64Array(clock);
  place.set([Number(from), Infinity]);
  let peak = 0, told = 0;
  const print = (line: Line) => console.log(JSON.stringify(line));
  const end = (line: Line) => {
    print(line);
    worker.terminate();
    // the thread's own farewell is not waited for: its folder is the parent's to remove
    Deno.exit(0);
  };
  const worker = new Worker(new URL("./_inputs.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ("done" in data) end({ ...data, peak });
    else print(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end({ failed: place[0], error: `${event.message}` });
  };
  setInterval(() => {
    const [at, since] = place, now = Date.now();
    peak = Math.max(peak, Deno.memoryUsage().rss);
    if (now - since > Number(patience)) end({ slow: at, peak });
    if (peak > MOST_BYTES) end({ large: at, peak });
    if (now - told > TELL_EVERY_MS) {
      told = now;
      print({ at, peak });
    }
  }, LOOK_EVERY_MS);
  worker.postMessage(
    { kind, from: Number(from), count: Number(count), clock } satisfies Task,
  );
}
