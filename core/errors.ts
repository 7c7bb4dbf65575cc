/** Errors that the user can mend, and the nearest names to one that does not exist. */
import { distance } from "../deps/levenshtein.ts";
import { oneLine } from "./plain.ts";

/**
 * What kind of fault it is, for programs; the message is for people.
 *
 * | code | what is at fault |
 * | --- | --- |
 * | `unknown-option` | an option that there is not |
 * | `bad-option` | the value of an option, or that it is missing |
 * | `unknown-layer`, `unknown-class` | a name that the network does not have |
 * | `unknown-technique`, `unknown-model` | an id, or a path, that there is not |
 * | `no-picture` | a picture that is needed and not given |
 * | `no-file` | a file or an address that cannot be read |
 * | `no-network` | a server that cannot be reached, may not be asked, or is too busy |
 * | `bad-file` | a file that can be read, but holds something else or is damaged |
 * | `cannot-write` | a folder or a file that cannot be written |
 * | `no-backend` | a backend that is not available here, was lost, or cannot hold what it was given |
 * | `unsupported` | a network that a technique, or the engine, cannot deal with; an objective without a gradient |
 * | `takes-long` | what would take more steps than were allowed |
 * | `taken` | an id that something else has already |
 * | `bad-plugin` | a plugin: always a {@link PluginError} |
 * | `bad-input` | anything else |
 */
export type UserErrorCode =
  | "unknown-option"
  | "bad-option"
  | "unknown-layer"
  | "unknown-class"
  | "unknown-technique"
  | "unknown-model"
  | "no-picture"
  | "no-file"
  | "no-network"
  | "bad-file"
  | "cannot-write"
  | "no-backend"
  | "unsupported"
  | "takes-long"
  | "taken"
  | "bad-plugin"
  | "bad-input";

/** What a {@link UserError} tells programs. */
export interface UserErrorDetails extends ErrorOptions {
  /** Default `bad-input`. */
  readonly code?: UserErrorCode;
  /** Name of the option that it is about, as in its schema: `learningRate`. */
  readonly option?: string;
}

/**
 * The user's input is at fault: the message says what could not be done, what was found and what
 * would work. It names options as `core/say.ts` writes them, so that the command line can show them
 * as flags and a page by their labels. It is one line, whatever it quotes. The command line prints it
 * without a stack and exits with 2; any other error is ours, keeps its stack and exits with 1.
 *
 * @example
 * ```ts
 * throw new UserError(`${option("channel")} is too large: …`, { code: "bad-option", option: "channel" });
 * ```
 */
export class UserError extends Error {
  /** `UserError`, in stacks and logs. */
  override name = "UserError";
  /** What kind of fault it is. */
  readonly code: UserErrorCode;
  /** Name of the option that it is about, as in its schema. */
  readonly option?: string;

  /**
   * Makes one of a message, whose line breaks become spaces.
   *
   * @param message What could not be done, what was found and what would work.
   */
  constructor(message: string, { code = "bad-input", option, ...rest }: UserErrorDetails = {}) {
    // it quotes what a file or a plugin says, and goes to terminals and logs
    super(oneLine(message), rest);
    this.code = code;
    if (option !== undefined) this.option = option;
  }
}

/** A plugin is at fault, not the library: when it is loaded, or when it runs. */
export class PluginError extends UserError {
  /** `PluginError`, likewise. */
  override name = "PluginError";

  /**
   * Makes one about a plugin.
   *
   * @param file The plugin's file, as the user named it.
   */
  constructor(readonly file: string, message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: "bad-plugin" });
  }
}

/** A name that contains the wanted one, or lies in it, is as near as this many edits. */
const WITHIN = 1.5;
/** Names are compared by so many of their letters: to compare long ones takes quadratic time. */
const COMPARED = 100;

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
  const start = (name: string) => name.slice(0, COMPARED).toLowerCase();
  const wanted = start(name);
  const cost = (candidate: string) => {
    const other = start(candidate);
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
