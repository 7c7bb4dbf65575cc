/** What the library asks of where it runs: all that Deno, Node and a browser do each in their own way. */

/** A value that follows the asynchronous call it was given to, through every `await`. */
export interface AsyncLocal<T> {
  /** Calls `f`; in it, and in all that it awaits, `get` gives `value`. */
  run<R>(value: T, f: () => R): R;
  /** The value of the call at hand; undefined outside of any `run`. */
  get(): T | undefined;
}

export interface Platform {
  asyncLocal<T>(): AsyncLocal<T>;
  /** Lets signals, timers and other work through: resolves once the event loop has parked. */
  pause(): Promise<void>;
}
