/** A worker in a process of its own, which also does trials: URL, how many at a time. */
import { own } from "../../jobs/hands.ts";
import { openQueue } from "../../jobs/queue/connect.ts";
import { work } from "../../jobs/queue/worker.ts";
import "./_kind.ts";

const [url, count] = Deno.args, stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort());
const queue = await openQueue({ queue: url });
console.log("ready");
await work({
  queue,
  hands: Array.from({ length: Number(count) }, () => own()),
  signal: stop.signal,
  listener: { begun: (label) => console.log("begun", label), done() {}, failed() {} },
});
await queue.connection.close();
