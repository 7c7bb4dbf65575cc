/** Pictures read one after another beside the server, by a helper that is gone when there are none. */
import { type Helper, platform } from "../platform/mod.ts";
import type { PictureAnswer, PictureTask } from "./_pictures_worker.ts";

/** How long a helper with nothing to do is kept, in ms. */
const IDLE_MS = 2000;
/** A picture of more pixels leaves more memory behind than a new helper costs time. */
const LARGE = 20_000_000;

interface Waiting {
  readonly task: PictureTask;
  readonly answer: PromiseWithResolvers<PictureAnswer>;
  readonly signal?: AbortSignal;
}

/** Reads pictures in the order in which they were asked for. */
export class PictureQueue {
  readonly #waiting: Waiting[] = [];
  #reading: Waiting | undefined;
  #helper: Helper | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /**
   * Asks for a picture.
   *
   * @throws the signal's reason where it is aborted before the picture's turn.
   */
  ask(task: PictureTask, signal?: AbortSignal): Promise<PictureAnswer> {
    const answer = Promise.withResolvers<PictureAnswer>();
    this.#waiting.push({ task, answer, signal });
    this.#next();
    return answer.promise;
  }

  #next(): void {
    if (this.#reading) return;
    const next = this.#waiting.shift();
    if (!next) {
      this.#idle ??= setTimeout(() => this.#leave(), IDLE_MS);
      return;
    }
    if (next.signal?.aborted) {
      next.answer.reject(next.signal.reason);
      return this.#next();
    }
    clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#reading = next;
    this.#helper ??= this.#start();
    this.#helper.tell(next.task);
  }

  #start(): Helper {
    const helper: Helper = platform.startHelper(new URL("./_pictures_worker.ts", import.meta.url), {
      hear: (message) => {
        const answer = message as PictureAnswer;
        if (answer.width * answer.height > LARGE) this.#leave();
        this.#read()?.resolve(answer);
        this.#next();
      },
      broke: (message) => {
        if (helper !== this.#helper) return;
        this.#leave();
        this.#read()?.reject(new Error(message));
        this.#next();
      },
    });
    return helper;
  }

  /** What was asked for the picture that has been read. */
  #read(): Waiting["answer"] | undefined {
    const read = this.#reading;
    this.#reading = undefined;
    return read?.answer;
  }

  /** Ends the helper, and gives back its memory. */
  #leave(): void {
    this.#helper?.end();
    this.#helper = undefined;
  }

  /** Ends it; what was still asked for is not answered. */
  close(): void {
    clearTimeout(this.#idle);
    this.#waiting.length = 0;
    this.#leave();
  }
}
