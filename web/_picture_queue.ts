/** Pictures in the order in which they were asked for, in front of those who read them. */
import { PictureReader } from "./_picture_reader.ts";
import type { PictureAnswer, PictureTask } from "./_pictures_worker.ts";

interface Waiting {
  readonly task: PictureTask;
  readonly answer: PromiseWithResolvers<PictureAnswer>;
  readonly signal?: AbortSignal;
}

export class PictureQueue {
  readonly #waiting: Waiting[] = [];
  readonly #readers: readonly PictureReader[];

  /** @param atOnce How many pictures are read at once. */
  constructor(atOnce = 1) {
    this.#readers = Array.from({ length: atOnce }, () => new PictureReader());
  }

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
    const reader = this.#readers.find(({ isBusy }) => !isBusy);
    const next = reader && this.#waiting.shift();
    if (!next) return;
    const { task, answer, signal } = next;
    if (signal?.aborted) {
      answer.reject(signal.reason);
      return this.#next();
    }
    reader.read(task).then(answer.resolve, answer.reject).finally(() => this.#next());
  }

  /** Ends it; what was still asked for is not answered. */
  close(): void {
    this.#waiting.length = 0;
    for (const reader of this.#readers) reader.close();
  }
}
