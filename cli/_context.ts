/** What a command is given: where its results, its messages and its progress go. */
import type { Command } from "../deps/commander.ts";
import type { Meter } from "./_progress.ts";

export interface Context {
  /** Aborted by Ctrl-C: pass it on to all that takes long. */
  readonly signal: AbortSignal;
  /** The plugins that take part, as they were named. */
  readonly plugins: readonly string[];
  /** Whether `--json` was given: `print` may then be called once only. */
  readonly json: boolean;
  /** Results on standard output: text for people, or with `--json` one document of `value`. */
  print(value: unknown, text: () => string): void;
  /** A line on standard error, unless `--quiet`. */
  note(line: string): void;
  /** Progress on standard error, unless `--quiet`. */
  meter(title: string, format?: (n: number) => string): Meter;
}

/** Adds a command to the program: one small file each, one line in `cli.ts`. */
export type AddCommand = (program: Command, context: Context) => void;
