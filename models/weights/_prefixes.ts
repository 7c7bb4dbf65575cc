/** What stands before the names of a network's parameters in a checkpoint. */

/** Wrappers within wrappers: `state_dict.model.module.backbone.` is four. */
const MOST_WRAPPERS = 8;

/**
 * The names, beside a network's own, of what only its training needs. Beside a network without a
 * prefix nothing else may be left out: it would be a part of another network.
 */
export const TRAINING_ONLY =
  /^((\w+_)?(criterion|loss(_fn|_func|_function)?|metrics?|accuracy|acc)|optim(izer)?s?|(lr_)?schedulers?|scaler)\./;

/** A key without its first wrapper, its first two, …; itself first. */
export function* stemsOf(key: string): Generator<string> {
  for (let at = 0, n = 0; n <= MOST_WRAPPERS; n++) {
    yield key.slice(at);
    const dot = key.indexOf(".", at);
    if (dot < 0) return;
    at = dot + 1;
  }
}

/** The prefixes that make keys known, and how many each does. */
export function prefixesOf(
  keys: Iterable<string>,
  known: { has(key: string): boolean },
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    for (const stem of stemsOf(key)) {
      if (!known.has(stem)) continue;
      const prefix = key.slice(0, key.length - stem.length);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  return counts;
}

/** The prefix behind which most keys are known; of two, the shorter. */
export function nearestPrefix(
  keys: Iterable<string>,
  known: { has(key: string): boolean },
): string {
  let best = "", most = 0;
  for (const [prefix, count] of prefixesOf(keys, known)) {
    const better = count - most || best.length - prefix.length;
    if (better > 0) [best, most] = [prefix, count];
  }
  return best;
}
