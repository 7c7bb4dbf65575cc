/** Names of which each is given once: `conv`, `conv_1`, `conv_2`, … */
export class FreeNames {
  readonly #taken: Set<string>;
  /** How often a name was asked for. */
  readonly #uses = new Map<string, number>();

  constructor(...taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  /** Takes a name as it is. */
  take(name: string): void {
    this.#taken.add(name);
  }

  /** Takes a name, or the first numbered one that is free. */
  free(name: string): string {
    let free = name, i = this.#uses.get(name) ?? 0;
    while (this.#taken.has(free)) free = `${name}_${++i}`;
    this.#uses.set(name, i);
    this.#taken.add(free);
    return free;
  }
}
