/** Does tasks beside the program that asks for them. */
import { platform } from "../platform/mod.ts";
import { begin, type Beginning } from "./begin.ts";
import { type Fault, faultOf } from "./fault.ts";
import { Performer } from "./perform.ts";
import type { Task } from "./task.ts";

/** What it is told. */
export type Order =
  | { readonly type: "begin" } & Beginning
  | {
    readonly type: "perform";
    readonly task: Task;
    readonly folder: string;
    readonly out: string;
    /** Where files lie here, by the paths that the task names. */
    readonly places: ReadonlyMap<string, string>;
  }
  | { readonly type: "cancel" };

/** What it tells. */
export type News =
  | { readonly type: "progress"; readonly step: number; readonly of: number }
  | { readonly type: "done"; readonly told: unknown }
  | { readonly type: "failed"; readonly fault: Fault };

/** Between two pieces of news of one task, in ms. */
const TELL_EVERY_MS = 200;

const performer = new Performer(), tell = (news: News) => platform.starter.tell(news);
let ready: Promise<unknown> = Promise.resolve();
let current = new AbortController();

async function perform({ task, folder, out, places }: Order & { type: "perform" }): Promise<void> {
  const { signal } = current = new AbortController();
  let toldAt = -Infinity;
  const onProgress = (step: number, of: number) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    tell({ type: "progress", step, of });
  };
  try {
    await ready;
    const at = (path: string) => places.get(path) ?? path;
    const told = await performer.perform(task, { folder, out, at, signal, onProgress });
    tell({ type: "done", told });
  } catch (error) {
    tell({ type: "failed", fault: faultOf(error) });
  }
}

platform.starter.hear((message) => {
  const order = message as Order;
  if (order.type === "begin") {
    ready = begin(order);
    ready.catch(() => {}); // told with the first task
  } else if (order.type === "perform") {
    void perform(order);
  } else {
    current.abort();
  }
});
