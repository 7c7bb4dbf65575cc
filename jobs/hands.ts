/** Those who do tasks: this program itself, and helpers beside it. */
import { platform } from "../platform/mod.ts";
import type { Model } from "../run/model.ts";
import type { Beginning } from "./begin.ts";
import { errorOf } from "./fault.ts";
import type { News, Order } from "./helper.ts";
import type { ModelChoice, WantedModel } from "./kind.ts";
import { Performer } from "./perform.ts";
import type { Task } from "./task.ts";
import type { Watcher } from "./watch.ts";

/** What goes with a task. */
export interface Errand {
  /** An empty folder for the result's files. */
  readonly folder: string;
  /** The folder that it will lie in. */
  readonly out: string;
  /** Where files lie here, by the paths that the task names; none: there. */
  readonly places?: ReadonlyMap<string, string>;
  /** Files that the task names without a path, by their SHA-256. */
  readonly sent?: ReadonlyMap<string, Uint8Array>;
  readonly signal: AbortSignal;
  /** Hears how far it has come. */
  onProgress?(step: number, of: number): void;
  /** Sees that instead, and what is made; of what is done on another machine there is nothing to see. */
  readonly watcher?: Watcher;
}

/** One who does a task at a time. */
export interface Hand {
  /**
   * Does a task; what is told of its result.
   *
   * @throws UserError where another try would end alike; else what went wrong.
   */
  perform(task: Task, errand: Errand): Promise<unknown>;
  /** Ends, whatever it is doing. */
  end(): void;
}

/** This program, which may have loaded some models already. */
export const own = (...models: readonly Model[]): Hand => {
  const performer = new Performer(models);
  return {
    perform: (task, { places, sent = new Map(), ...errand }) =>
      performer.perform(task, { ...errand, sent, at: (path) => places?.get(path) ?? path }),
    end: () => performer.end(),
  };
};

/** One beside this program; it is started when it is needed, and again after it broke or was ended. */
export interface Helping extends Hand {
  /** Starts it before it is needed: what it is given later begins at once. */
  prepare(): void;
  /**
   * What a task says of a model, which is at hand from then on.
   *
   * @throws UserError where it cannot be loaded.
   */
  choose(wanted: WantedModel, signal: AbortSignal): Promise<ModelChoice>;
}

/** How long a helper may take to heed a cancel before it is ended, in ms. */
const PATIENCE_MS = 400;

/** A helper that has been started. */
interface Started {
  readonly thread: ReturnType<typeof platform.startHelper>;
  /** SHA-256 of the files that it has from the task before. */
  files: ReadonlySet<string>;
}

/** What a helper is doing, and who waits for it. */
interface Asked {
  hear(news: News): void;
  fail(error: Error): void;
}

/** A helper with a thread of its own. */
export function helper(beginning: Beginning, patienceMs = PATIENCE_MS): Helping {
  let started: Started | undefined, asked: Asked | undefined;

  function prepare(): Started {
    if (started) return started;
    const made: Started = {
      files: new Set(),
      thread: platform.startHelper(new URL("./helper.ts", import.meta.url), {
        hear: (message) => made === started && asked?.hear(message as News),
        broke: (fault) => made === started && stop(`The helper that did it has stopped: ${fault}`),
      }),
    };
    made.thread.tell({ type: "begin", ...beginning } satisfies Order);
    return started = made;
  }

  function stop(reason: string): void {
    started?.thread.end();
    started = undefined;
    asked?.fail(new Error(reason));
  }

  /** Has something done; what is told of it at the end. */
  async function ask(
    order: (helper: Started) => Order,
    signal: AbortSignal,
    hear: (news: News) => void = () => {},
  ): Promise<unknown> {
    signal.throwIfAborted();
    const helper = prepare(), { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
    let patience: ReturnType<typeof setTimeout> | undefined;
    const cancel = () => {
      helper.thread.tell({ type: "cancel" } satisfies Order);
      patience = setTimeout(() => stop("It does not heed"), patienceMs);
    };
    asked = {
      fail,
      hear(news) {
        if (news.type === "done") resolve(news.told);
        else if (news.type === "failed") fail(errorOf(news.fault));
        else hear(news);
      },
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      helper.thread.tell(order(helper));
      return await promise;
    } finally {
      asked = undefined;
      clearTimeout(patience);
      signal.removeEventListener("abort", cancel);
    }
  }

  return {
    prepare: () => void prepare(),
    end: () => stop("It was ended"),
    choose: async (wanted, signal) =>
      await ask(() => ({ type: "choose", wanted }), signal) as ModelChoice,
    perform(task, errand) {
      const { folder, out, places = new Map(), sent = new Map(), signal, watcher } = errand;
      const order = (helper: Started): Order => {
        // what it has is not copied once more
        const files = [...sent].map(([sha256, bytes]) =>
          [sha256, helper.files.has(sha256) ? undefined : bytes] as const
        );
        helper.files = new Set(sent.keys());
        return {
          ...{ type: "perform", task, folder, out, places },
          ...{ sent: new Map(files), isWatched: watcher !== undefined },
        };
      };
      return ask(order, signal, (news) => {
        if (news.type === "progress") errand.onProgress?.(news.step, news.of);
        else if (news.type === "seen") watcher?.see(news.sight);
        else if (news.type === "kept") watcher?.keep(news.frames);
      });
    },
  };
}

/** One hand as two: while it does a task, the next one is made ready, and the one before put away. */
export function doubled(hand: Hand): readonly [Hand, Hand] {
  let before: Promise<unknown> = Promise.resolve();
  const half: Hand = {
    perform(task, errand) {
      const own = before.then(() => {
        errand.signal.throwIfAborted();
        return hand.perform(task, errand);
      });
      before = own.catch(() => {});
      return own;
    },
    end: () => hand.end(),
  };
  return [half, half];
}
