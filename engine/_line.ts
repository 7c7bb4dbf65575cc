/** A line to wait in: one at a time is let in, in the order of arrival. */

export class Line {
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /** Whether somebody is in. */
  get taken(): boolean {
    return this.#taken;
  }

  /**
   * Waits for its turn.
   *
   * @returns What ends it, and lets the next one in.
   * @throws the signal's reason as soon as it is aborted, also while waiting.
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#taken) await this.#wait(signal);
    this.#taken = true;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = this.#waiting.shift();
      if (next) next(); // the turn is handed over: nobody comes between
      else this.#taken = false;
    };
  }

  #wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal!.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }
}
