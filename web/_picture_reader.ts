/** Reads pictures beside the server, by a helper that is gone when there are none. */
import { type Helper, platform } from "../platform/mod.ts";
import type { PictureAnswer, PictureTask } from "./_pictures_worker.ts";

/** How long a helper with nothing to do is kept, in ms. */
const IDLE_MS = 2000;
/** A picture of more pixels leaves more memory behind than a new helper costs time. */
const LARGE = 20_000_000;

/** Reads one picture at a time. */
export class PictureReader {
  #helper: Helper | undefined;
  #answer: PromiseWithResolvers<PictureAnswer> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  get isBusy(): boolean {
    return this.#answer !== undefined;
  }

  /** Reads a picture; nothing else may be asked until it is. */
  async read(task: PictureTask): Promise<PictureAnswer> {
    clearTimeout(this.#idle);
    this.#answer = Promise.withResolvers<PictureAnswer>();
    this.#helper ??= this.#start();
    this.#helper.tell(task);
    try {
      const answer = await this.#answer.promise;
      if (answer.width * answer.height > LARGE) this.close();
      return answer;
    } finally {
      this.#answer = undefined;
      if (this.#helper) this.#idle = setTimeout(() => this.close(), IDLE_MS);
    }
  }

  #start(): Helper {
    const helper: Helper = platform.startHelper(new URL("./_pictures_worker.ts", import.meta.url), {
      hear: (message) => this.#answer?.resolve(message as PictureAnswer),
      broke: (message) => {
        if (helper !== this.#helper) return;
        this.close();
        this.#answer?.reject(new Error(message));
      },
    });
    return helper;
  }

  /** Ends the helper, and gives back its memory. */
  close(): void {
    clearTimeout(this.#idle);
    this.#helper?.end();
    this.#helper = undefined;
  }
}
