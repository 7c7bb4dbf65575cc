/** Questions about pictures, answered by a helper of their own: runs that take long keep nobody waiting. */
import { UserError } from "../core/errors.ts";
import { type Helper, platform } from "../platform/mod.ts";
import type { Beginning } from "../jobs/begin.ts";
import type { ExplainNews, ExplainOrder, Question, Told } from "./_explained.ts";
import type { ModelChoice } from "./model_choice.ts";

export interface ExplainerSettings extends Beginning {
  /** The runs folder. */
  readonly out: string;
  /** Called with what went wrong on our side. */
  onFault(error: Error): void;
}

/** What came of a question and was not fetched yet, and who waits for more. */
interface Inbox {
  readonly told: Told[];
  wake(): void;
}

export class Explainer {
  #helper: Helper | undefined;
  #number = 0;
  readonly #inboxes = new Map<number, Inbox>();

  constructor(readonly settings: ExplainerSettings) {}

  /** Makes a model ready before anybody asks. */
  prepare(model: ModelChoice): void {
    this.#order({ type: "prepare", model });
  }

  /**
   * Asks; news come as they are there. Who stops listening stops the work; with a signal that needs no
   * news to come first.
   *
   * @throws UserError for what does not fit.
   */
  async *ask(question: Question, signal?: AbortSignal): AsyncGenerator<ExplainNews, void> {
    if (signal?.aborted) return;
    const ask = ++this.#number;
    let woken = Promise.withResolvers<void>();
    const inbox: Inbox = { told: [], wake: () => woken.resolve() };
    let over = false;
    const stop = () => {
      if (!over) this.#helper?.tell({ type: "stop", ask } satisfies ExplainOrder);
      over = true;
      inbox.wake();
    };
    this.#inboxes.set(ask, inbox);
    // at once: whoever listened may not ask for more
    signal?.addEventListener("abort", stop, { once: true });
    this.#order({ type: "ask", ask, question });
    try {
      while (!signal?.aborted) {
        const told = inbox.told.shift();
        if (!told) {
          await woken.promise;
          woken = Promise.withResolvers<void>();
          continue;
        }
        over = told.type !== "news";
        if (told.type === "end") return;
        if (told.type === "failed") throw this.#fault(told);
        yield told.news;
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#inboxes.delete(ask);
      stop();
    }
  }

  #fault({ message, stack }: Extract<Told, { type: "failed" }>): Error {
    return stack === undefined
      ? new UserError(message)
      : Object.assign(new Error(message), { stack });
  }

  #order(order: ExplainOrder): void {
    this.#helper ??= this.#start();
    this.#helper.tell(order);
  }

  #start(): Helper {
    const helper: Helper = platform.startHelper(new URL("./explain_worker.ts", import.meta.url), {
      hear: (message) => {
        const told = message as Told, inbox = this.#inboxes.get(told.ask);
        inbox?.told.push(told);
        inbox?.wake();
      },
      broke: (fault) => {
        if (helper !== this.#helper) return;
        this.#helper = undefined;
        const message = `The process that explains pictures has stopped: ${fault}`;
        this.settings.onFault(new Error(message));
        for (const [ask, inbox] of this.#inboxes) {
          inbox.told.push({ type: "failed", ask, message: `${message}. Try again.` });
          inbox.wake();
        }
      },
    });
    const { out, backend, threads, plugins } = this.settings;
    helper.tell({ type: "start", out, backend, threads, plugins } satisfies ExplainOrder);
    return helper;
  }

  /** Ends the helper and what it does. */
  close(): void {
    this.#helper?.tell({ type: "close" } satisfies ExplainOrder);
    this.#helper = undefined;
    for (const [ask, inbox] of this.#inboxes) {
      inbox.told.push({ type: "end", ask });
      inbox.wake();
    }
  }
}
