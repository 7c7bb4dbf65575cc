/** Hands elsewhere: a task goes out, its result comes back. */
import { KvWatchInclude } from "../../deps/nats.ts";
import { UserError } from "../../core/errors.ts";
import { option } from "../../core/say.ts";
import { platform } from "../../platform/mod.ts";
import { errorOf, type Fault } from "../fault.ts";
import type { Hand } from "../hands.ts";
import { kinds } from "../kinds/mod.ts";
import type { Task } from "../task.ts";
import { type Queue, subjectOf, TASKS } from "./connect.ts";
import { isReadable, Sender } from "./files.ts";
import { unpack } from "./pack.ts";
import { type Message, readMessage, readState, type State, writeState } from "./states.ts";

/** How often it is asked what became of a task, should its news be lost, in ms. */
const ASK_EVERY_MS = 15_000;

/** What the queue is asked at a time. */
const AT_ONCE = 100;

/** What tells that a task is over. */
type Waiting = Map<string, () => void>;

/** Hands elsewhere. */
export interface Remote {
  readonly hands: readonly Hand[];
  /** Clears away what the queue still knows of their tasks; called once they have ended. */
  forget(): Promise<void>;
}

/**
 * So many hands, which all send to one queue: as many tasks are on their way at most. They end when the
 * connection is closed.
 */
export async function remoteHands(queue: Queue, job: string, count: number): Promise<Remote> {
  const waiting: Waiting = new Map(), sender = new Sender(queue.files);
  const fetched: Fetched[] = [], { states, manager } = queue;
  const news = await states.watch({ include: KvWatchInclude.UpdatesOnly, headers_only: true });
  void (async () => {
    for await (const { key } of news) waiting.get(key)?.();
  })().catch(() => {}); // asking goes on without
  const forget = async ({ key, message }: Fetched) => {
    // where its worker has died, it will come to another, who must know
    const there = await manager.streams.getMessage(TASKS, { seq: message }).catch(() => null);
    if (!there) await states.purge(key);
  };
  const hand = (): Hand => ({
    end() {},
    perform: (task, { folder, out, signal }) =>
      perform(task, { queue, job, waiting, fetched, sender, folder, out, signal }),
  });
  return {
    hands: Array.from({ length: count }, hand),
    async forget() {
      while (fetched.length) await Promise.all(fetched.splice(-AT_ONCE).map(forget));
    },
  };
}

/** A task whose result has come, and the number of its message. */
interface Fetched {
  readonly key: string;
  readonly message: number;
}

interface Sending {
  readonly queue: Queue;
  readonly job: string;
  readonly waiting: Waiting;
  readonly fetched: Fetched[];
  readonly sender: Sender;
  readonly folder: string;
  readonly out: string;
  readonly signal: AbortSignal;
}

const entryOf = async ({ states }: Queue, key: string) => {
  const entry = await states.get(key);
  return entry?.operation === "PUT" ? entry : undefined;
};

const stateOf = async (queue: Queue, key: string): Promise<State | undefined> => {
  const entry = await entryOf(queue, key);
  return entry && readState(entry.value);
};

async function perform(task: Task, sending: Sending): Promise<unknown> {
  const { queue, fetched, folder, signal } = sending, { key } = task;
  const before = await entryOf(queue, key);
  let state = before && readState(before.value);
  if (state?.state !== "done") {
    // what failed before, or was fetched and is lost, is done again
    if (before) await queue.states.purge(key);
    state = await sent(task, `${key}.${before?.revision ?? 0}`, sending);
  }
  signal.throwIfAborted();
  if (state.state === "failed") throw lasting(state.fault);
  if (state.state === "fetched") throw new Error("somebody else has fetched its result");
  const told = await unpack(await pieceOf(queue, key, state), folder);
  await queue.states.put(key, writeState({ state: "fetched" }));
  fetched.push({ key, message: state.message });
  if (!("piece" in state)) await queue.results.delete(key);
  return told;
}

/** A result, from where it lies. */
async function pieceOf(
  { results, states }: Queue,
  key: string,
  state: State & { state: "done" },
): Promise<Uint8Array> {
  if ("piece" in state) return state.piece;
  const piece = await results.getBlob(key);
  if (piece && await platform.sha256(piece) === state.sha256) return piece;
  await states.purge(key);
  throw new Error("its result is not in the queue any more");
}

/** Workers have tried as often as is of use. */
const lasting = (fault: Fault) => errorOf({ ...fault, code: fault.code ?? "bad-input" });

/** Sends a task, and waits for what becomes of it. */
async function sent(task: Task, id: string, sending: Sending): Promise<State> {
  const { queue, job, waiting, signal, out } = sending, { key } = task;
  const message: Message = { task, out, files: await filesOf(task, sending) };
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = promise;
  waiting.set(key, resolve);
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    // no worker would take it, and nobody would say so
    if (!readMessage(bytes)) {
      throw lasting({ message: `"${task.label}" cannot be sent: it is no task.` });
    }
    await queue.stream.publish(subjectOf(job), bytes, { msgID: id });
    for (;;) {
      await soon(told, signal);
      const state = await stateOf(queue, key);
      if (state) return state;
      const next = Promise.withResolvers<void>();
      told = next.promise;
      waiting.set(key, next.resolve);
    }
  } finally {
    waiting.delete(key);
  }
}

/** Waits for news, but not too long. @throws the signal's reason once it is aborted. */
async function soon(news: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ASK_EVERY_MS), stop = () => resolve();
  signal.addEventListener("abort", stop);
  try {
    if (!signal.aborted) await Promise.race([news, promise]);
    signal.throwIfAborted();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/**
 * Sends the files that a task reads.
 *
 * @throws UserError for what cannot be sent: several files, or one that an option names.
 */
async function filesOf({ kind: id, input }: Task, { sender }: Sending): Promise<Message["files"]> {
  const kind = kinds.get(id), files: { path: string; sha256: string }[] = [];
  const unsent = (path: string, reason: string) =>
    new UserError(`Cannot send "${path}" to other machines: ${reason}.`, { code: "unsupported" });
  for (const text of kind.texts(input)) {
    if (await isReadable(text)) {
      throw unsent(
        text,
        `it is named by an option, whose files are not sent; without ${
          option("queue")
        } it is done here`,
      );
    }
  }
  for (const path of kind.paths(input)) {
    const facts = await platform.stat(path).catch(() => undefined);
    if (!facts) continue; // the id of a model that needs no file
    if (facts.kind !== "file" || /\.json$/i.test(path)) {
      throw unsent(path, "it consists of several files; `phosphene convert` makes one of them");
    }
    files.push({ path, sha256: await sender.send(path) });
  }
  return files;
}
