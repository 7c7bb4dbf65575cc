/** What plugs in: a list of things with ids. */
import { nearestHint, UserError, type UserErrorCode } from "./errors.ts";

/** Things found by their id, in the order in which they were added. */
export class Registry<T extends { readonly id: string }> implements Iterable<T> {
  readonly #things = new Map<string, T>();
  readonly #own = new Set<T>();

  /**
   * Starts a registry.
   *
   * @param noun What the things are, for messages: "technique", "model".
   * @param unknown Code of the error for an id that there is not.
   */
  constructor(
    readonly noun: string,
    things: Iterable<T> = [],
    readonly unknown: UserErrorCode = "bad-input",
  ) {
    for (const thing of things) this.add(thing);
  }

  /**
   * Adds a plugin.
   *
   * @throws UserError where the id is taken.
   */
  add(thing: T): this {
    if (this.#things.has(thing.id)) {
      throw new UserError(
        `Cannot add the ${this.noun} "${thing.id}": that id is taken.`,
        { code: "taken" },
      );
    }
    this.#things.set(thing.id, thing);
    return this;
  }

  /** Adds what comes with the library. */
  addOwn(things: Iterable<T>): this {
    for (const thing of things) this.add(thing).#own.add(thing);
    return this;
  }

  /** Whether a thing came with the library, and not from a plugin or a script. */
  isOwn(thing: object): boolean {
    return this.#own.has(thing as T);
  }

  /**
   * The thing of that id.
   *
   * @throws UserError for an unknown id, with the nearest ones.
   */
  get(id: string): T {
    const thing = this.#things.get(id);
    if (thing) return thing;
    throw new UserError(
      `There is no ${this.noun} "${id}"; ${nearestHint(id, this.ids)}.`,
      { code: this.unknown },
    );
  }

  /** Whether there is a thing of that id. */
  has(id: string): boolean {
    return this.#things.has(id);
  }

  /** The ids, in the order in which they were added. */
  get ids(): string[] {
    return [...this.#things.keys()];
  }

  /** The things, in that order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#things.values();
  }
}
