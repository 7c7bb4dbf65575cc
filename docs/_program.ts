/** The command line's own tree of commands, as `cli/main.ts` builds it. */
import { Command } from "../deps/commander.ts";
import { main } from "../cli/main.ts";
import { techniques } from "../techniques/mod.ts";

/**
 * The program with every command and every flag, before it has read anything. What reads the words of
 * a command line is held up for a moment, so that the program is built and not run.
 */
export async function programFor(args: readonly string[] = []): Promise<Command> {
  const { parseAsync } = Command.prototype;
  let built: Command | undefined;
  Command.prototype.parseAsync = function () {
    built = this;
    return Promise.resolve(this);
  };
  try {
    // a technique's flags are made where a command line names it, and for help there are all commands
    await main(["--help", ...args, ...techniques.ids], new AbortController().signal);
  } finally {
    Command.prototype.parseAsync = parseAsync;
  }
  if (!built) throw new Error(`There is no program for: ${args.join(" ")}`);
  return built;
}

/**
 * Reads a command line without running it.
 *
 * @throws Error for a command, a flag or an argument that there is not, and for one that is missing.
 */
export async function checkCommandLine(args: readonly string[]): Promise<void> {
  const program = await programFor(args);
  const still = (command: Command): void => {
    command.action(() => {});
    for (const below of command.commands) still(below);
  };
  for (const command of program.commands) still(command);
  await program.parseAsync(args, { from: "user" });
}
