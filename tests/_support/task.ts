/** The command that users run by `deno task phosphene`, with the permissions that it has there. */
import config from "../../deno.json" with { type: "json" };

/** Arguments of `deno` for these of the command line, which is read in the project's folder. */
export const phospheneArgs = (...args: string[]): string[] => [
  ...["run", "--no-prompt", "--no-check"],
  ...config.tasks.phosphene.split(" ").filter((flag) => flag.startsWith("--allow")),
  ...["cli.ts", ...args],
];
