/** Errors that the user can mend, and the nearest names to one that does not exist. */
import { distance } from "fastest-levenshtein";

/**
 * The user's input is at fault: the message says what could not be done, what was found and what
 * would work. The command line prints it without a stack and exits with 2; any other error is ours,
 * keeps its stack and exits with 1.
 */
export class UserError extends Error {
  override name = "UserError";
}

/** A name that contains the wanted one, or lies in it, is as near as this many edits. */
const WITHIN = 1.5;

/**
 * The names most like `name`, best first, by edit distance (Levenshtein); those that contain it or
 * that it contains come right behind a single slip.
 *
 * @example
 * ```ts
 * nearest("layer9.0", ["layer4.0", "layer3.0", "fc"], 2); // ["layer4.0", "layer3.0"]
 * ```
 */
export function nearest(name: string, names: Iterable<string>, count = 3): string[] {
  const wanted = name.toLowerCase();
  const cost = (candidate: string) => {
    const other = candidate.toLowerCase();
    const within = wanted.length > 1 && (other.includes(wanted) || wanted.includes(other));
    const edits = distance(wanted, other);
    return within ? Math.min(edits, WITHIN + edits / 1000) : edits;
  };
  return [...names]
    .map((candidate) => ({ candidate, cost: cost(candidate) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** `nearest: "a", "b"`, or a word that there is nothing to choose from: the end of many messages. */
export function nearestHint(name: string, names: Iterable<string>): string {
  const found = nearest(name, names);
  return found.length ? `nearest: ${found.map((n) => `"${n}"`).join(", ")}` : "there are none";
}
