/** Does many tasks: those that are done are passed over, what fails stops nothing. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { type Fault, faultOf } from "./fault.ts";
import type { Errand, Hand } from "./hands.ts";
import type { Results } from "./results.ts";
import type { Task } from "./task.ts";

/** How often a task is tried where the fault is not its own. */
const TRIES = 3;

/** What could not even become a task. */
export interface Misfit {
  readonly label: string;
  readonly fault: Fault;
}

/** How far one of the tasks has come. */
export interface TaskProgress {
  readonly label: string;
  readonly step: number;
  readonly of: number;
}

/** What became of a task. `at` counts them as they were given, from 0. */
export type Event =
  | {
    readonly type: "done" | "skipped";
    readonly at: number;
    readonly task: Task;
    readonly path: string;
    /** What is told of the result, where it was made now. */
    readonly told?: unknown;
  }
  | { readonly type: "failed"; readonly at: number; readonly label: string; readonly fault: Fault };

/** How many of the tasks ended how. */
export interface Tally {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Who does the tasks, and where their results go. */
export interface Work {
  readonly hands: readonly Hand[];
  readonly results: Results;
  readonly signal: AbortSignal;
  /** Hears what became of each; what it throws ends the work. */
  hear(event: Event): void;
  progress?(progress: TaskProgress): void;
  /** What goes with each try of a task besides. */
  besides?(task: Task): Pick<Errand, "sent" | "watcher">;
}

/**
 * Does tasks, as many at a time as there are hands, each once, and begins them in their order. Results
 * are whole or absent; one that cannot be done is told and passed over: a fault that is the task's own
 * at once, another after three tries. The hands are ended.
 *
 * @throws the signal's reason once it is aborted, and what `hear` throws: then nothing half done is left.
 */
export async function runTasks(
  tasks: AsyncIterable<Task | Misfit> | Iterable<Task | Misfit>,
  { hands, results, signal: outer, hear, progress, besides }: Work,
): Promise<Tally> {
  const count = { done: 0, skipped: 0, failed: 0 }, stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const coming = inTurn(tasks), begun = new Map<string, Promise<unknown>>();

  /** @param started called as soon as the hand has it: then the next may begin */
  async function attempt(
    hand: Hand,
    task: Task,
    started: () => void,
  ): Promise<{ path: string; told: unknown }> {
    const { out } = results;
    for (let left = TRIES - 1;; left--) {
      const folder = await results.begin(task);
      try {
        const performing = hand.perform(task, {
          ...{ folder, out, signal, ...besides?.(task) },
          onProgress: (step, of) => progress?.({ label: task.label, step, of }),
        });
        started();
        const told = await performing;
        signal.throwIfAborted();
        return await results.keep(task, folder, told);
      } catch (error) {
        await platform.remove(folder).catch(() => {});
        signal.throwIfAborted();
        if (error instanceof UserError || left === 0) throw error;
      }
    }
  }

  async function take(hand: Hand, task: Task, at: number, started: () => void): Promise<void> {
    const same = begun.get(task.key); // planned twice
    if (same) {
      started();
      await same;
    }
    const before = await results.find(task);
    if (before !== undefined) {
      count.skipped++;
      return hear({ type: "skipped", at, task, path: before });
    }
    const attempted = attempt(hand, task, started);
    begun.set(task.key, attempted.catch(() => {}));
    try {
      const { path, told } = await attempted;
      count.done++;
      hear({ type: "done", at, task, path, told });
    } catch (error) {
      signal.throwIfAborted();
      if (isOfPlace(error)) throw error;
      count.failed++;
      hear({ type: "failed", at, label: task.label, fault: faultOf(error) });
    } finally {
      begun.delete(task.key);
    }
  }

  async function lane(hand: Hand): Promise<void> {
    for (let next; (next = await coming()) !== undefined;) {
      const { at, item, started } = next;
      try {
        signal.throwIfAborted();
        if ("key" in item) await take(hand, item, at, started);
        else {
          count.failed++;
          hear({ type: "failed", at, label: item.label, fault: item.fault });
        }
      } finally {
        started();
      }
    }
  }

  // one that fails stops the others; each lets go of its folder before this ends
  await Promise.all(hands.map((hand) => lane(hand).catch((error) => stop.abort(error))));
  for (const hand of hands) hand.end();
  signal.throwIfAborted();
  return count;
}

/** Whether it is the place of the results that is at fault: the next one would end alike. */
const isOfPlace = (error: unknown) => error instanceof UserError && error.code === "cannot-write";

/** One of those that are given in turn. */
interface Turn<T> {
  /** Counted from 0. */
  readonly at: number;
  readonly item: T;
  /** To be called once it is under way: the next is given then. */
  started(): void;
}

/** Gives one after the other, to whoever asks, each when the one before it is under way. */
function inTurn<T>(
  items: AsyncIterable<T> | Iterable<T>,
): () => Promise<Turn<T> | undefined> {
  const iterator = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  let at = 0, before: Promise<unknown> = Promise.resolve(), over = false;
  return async () => {
    const { promise: isStarted, resolve: started } = Promise.withResolvers<void>();
    const mine = before.then(async (): Promise<Turn<T> | undefined> => {
      if (over) return undefined;
      const { value, done } = await iterator.next();
      if (done) over = true;
      return done ? undefined : { at: at++, item: value, started };
    });
    before = mine.then((turn) => turn && isStarted, () => {});
    return await mine;
  };
}
