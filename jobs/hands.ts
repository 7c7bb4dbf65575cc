/** Those who do tasks: this program itself, and helpers beside it. */
import { platform } from "../platform/mod.ts";
import type { Model } from "../run/model.ts";
import type { Beginning } from "./begin.ts";
import { errorOf } from "./fault.ts";
import type { News, Order } from "./helper.ts";
import { Performer } from "./perform.ts";
import type { Task } from "./task.ts";

/** What goes with a task. */
export interface Errand {
  /** An empty folder for the result's files. */
  readonly folder: string;
  /** The folder that it will lie in. */
  readonly out: string;
  /** Where files lie here, by the paths that the task names; none: there. */
  readonly places?: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  onProgress(step: number, of: number): void;
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
    perform: (task, errand) =>
      performer.perform(task, { ...errand, at: (path) => errand.places?.get(path) ?? path }),
    end: () => performer.end(),
  };
};

/** How long a helper may take to heed a cancel before it is ended, in ms. */
const PATIENCE_MS = 400;

/** A helper with a thread of its own; it is started with its first task, and again after it broke. */
export function helper(beginning: Beginning): Hand {
  let running: ReturnType<typeof platform.startHelper> | undefined;
  let hear: (news: News) => void = () => {}, broke: (fault: string) => void = () => {};
  const tell = (order: Order) => running?.tell(order);
  const end = () => {
    running?.end();
    running = undefined;
  };
  const start = () => {
    const started = running = platform.startHelper(new URL("./helper.ts", import.meta.url), {
      hear: (message) => hear(message as News),
      broke: (fault) => started === running && broke(fault),
    });
    tell({ type: "begin", ...beginning });
  };
  return {
    end,
    async perform(task, { folder, out, places = new Map(), signal, onProgress }) {
      signal.throwIfAborted();
      if (!running) start();
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      let patience: ReturnType<typeof setTimeout> | undefined;
      const stop = () => {
        tell({ type: "cancel" });
        patience ??= setTimeout(() => {
          end();
          reject(signal.reason);
        }, PATIENCE_MS);
      };
      hear = (news) => {
        if (news.type === "progress") onProgress(news.step, news.of);
        else if (news.type === "done") resolve(news.told);
        else reject(signal.aborted ? signal.reason : errorOf(news.fault));
      };
      broke = (fault) => {
        end();
        reject(new Error(`The helper that did it has stopped: ${fault}`));
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        tell({ type: "perform", task, folder, out, places });
        return await promise;
      } finally {
        clearTimeout(patience);
        signal.removeEventListener("abort", stop);
      }
    },
  };
}
