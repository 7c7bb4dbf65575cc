/** Does tasks beside the program that asks for them. */
import { platform } from "../platform/mod.ts";
import { begin, type Beginning } from "./begin.ts";
import { type Fault, faultOf } from "./fault.ts";
import type { WantedModel } from "./kind.ts";
import { Performer } from "./perform.ts";
import type { Task } from "./task.ts";
import type { KeptFrame, Sight, Watcher } from "./watch.ts";

/** What it is told. */
export type Order =
  | { readonly type: "begin" } & Beginning
  | { readonly type: "choose"; readonly wanted: WantedModel }
  | {
    readonly type: "perform";
    readonly task: Task;
    readonly folder: string;
    readonly out: string;
    /** Where files lie here, by the paths that the task names. */
    readonly places: ReadonlyMap<string, string>;
    /** Files that the task names without a path, by SHA-256; undefined for one of the task before. */
    readonly sent: ReadonlyMap<string, Uint8Array | undefined>;
    /** Whether somebody looks on. */
    readonly isWatched: boolean;
  }
  | { readonly type: "cancel" };

/** What it tells. */
export type News =
  | { readonly type: "progress"; readonly step: number; readonly of: number }
  | { readonly type: "seen"; readonly sight: Sight }
  | { readonly type: "kept"; readonly frames: readonly KeptFrame[] }
  | { readonly type: "done"; readonly told: unknown }
  | { readonly type: "failed"; readonly fault: Fault };

/** Between two pieces of news of one task, in ms. */
const TELL_EVERY_MS = 200;

const performer = new Performer(), tell = (news: News) => platform.starter.tell(news);
let ready: Promise<unknown> = Promise.resolve();
let current = new AbortController();
/** What was sent with the last task. */
let files: ReadonlyMap<string, Uint8Array> = new Map();

const watcher: Watcher = {
  see: (sight) => tell({ type: "seen", sight }),
  keep: (frames) => tell({ type: "kept", frames }),
};

async function perform(order: Order & { type: "perform" }, signal: AbortSignal): Promise<unknown> {
  const { task, folder, out, places, isWatched } = order;
  const sent = files = new Map(
    [...order.sent].map(([sha256, bytes]) => [sha256, bytes ?? files.get(sha256)!]),
  );
  let toldAt = -Infinity;
  const onProgress = (step: number, of: number) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    tell({ type: "progress", step, of });
  };
  await ready;
  return await performer.perform(task, {
    ...{ folder, out, sent, signal, onProgress },
    at: (path) => places.get(path) ?? path,
    watcher: isWatched ? watcher : undefined,
  });
}

async function choose({ wanted }: Order & { type: "choose" }, signal: AbortSignal) {
  await ready;
  return await performer.choose(wanted, signal);
}

/** Does something, and tells what came of it. */
async function answer(does: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  current = new AbortController();
  try {
    tell({ type: "done", told: await does(current.signal) });
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
    void answer((signal) => perform(order, signal));
  } else if (order.type === "choose") {
    void answer((signal) => choose(order, signal));
  } else {
    current.abort();
  }
});
