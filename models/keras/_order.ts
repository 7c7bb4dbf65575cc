/** The order in which layers can be written. */

/** A use of a layer, and what it reads. */
export interface Use {
  readonly key: string;
  /** Keys of other uses, or of what is there already. */
  readonly reads: readonly string[];
}

/**
 * Numbers of the uses in an order in which each comes behind what it reads. They are listed so as a
 * rule, but a shared layer may be used again further down: what has to wait is written in a further
 * round, again as listed. Uses that read each other, or what is not there, are left out.
 */
export function inOrder(uses: readonly Use[], there: ReadonlySet<string>): readonly number[] {
  const numberOf = new Map(uses.map(({ key }, n) => [key, n]));
  const readers = uses.map((): number[] => []);
  const missing = uses.map(({ reads }, n) =>
    reads.filter((key) => {
      const read = there.has(key) ? undefined : numberOf.get(key) ?? n;
      if (read !== undefined) readers[read].push(n);
      return read !== undefined;
    }).length
  );
  const round = uses.map(() => 0);
  const ready = [...uses.keys()].filter((n) => missing[n] === 0);
  for (const n of ready) { // which grows meanwhile
    for (const reader of readers[n]) {
      round[reader] = Math.max(round[reader], round[n] + (n > reader ? 1 : 0));
      missing[reader] -= 1;
      if (missing[reader] === 0) ready.push(reader);
    }
  }
  return ready.sort((a, b) => round[a] - round[b] || a - b);
}
