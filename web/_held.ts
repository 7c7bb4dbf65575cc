/** Things that are dear to make, kept while they are used and a few beyond. */

/** Keeps what was used last; the rest is given back once nobody uses it. */
export class Held<T> {
  /** Those used last at the end. */
  readonly #kept = new Map<string, { readonly made: Promise<T>; users: number }>();

  /**
   * @param most How many are kept that nobody uses.
   * @param free Gives one back.
   */
  constructor(readonly most: number, readonly free: (thing: T) => void = () => {}) {}

  /** Uses the thing of a key, made where it is not kept; what fails is not kept. */
  async use<R>(key: string, make: () => Promise<T>, used: (thing: T) => Promise<R>): Promise<R> {
    const held = this.#kept.get(key) ?? { made: make(), users: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, held);
    held.users++;
    try {
      const thing = await held.made.catch((error) => {
        if (this.#kept.get(key) === held) this.#kept.delete(key);
        throw error;
      });
      return await used(thing);
    } finally {
      held.users--;
      this.#tidy();
    }
  }

  #tidy(): void {
    const idle = [...this.#kept].filter(([, { users }]) => users === 0);
    for (const [key, { made }] of idle.slice(0, Math.max(0, idle.length - this.most))) {
      this.#kept.delete(key);
      made.then(this.free, () => {});
    }
  }
}
