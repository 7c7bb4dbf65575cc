/** The page of the command line, from what its commands say of themselves. */
import type { Command, Option } from "../deps/commander.ts";
import { EXIT } from "../cli/_exit.ts";
import { techniques } from "../techniques/mod.ts";
import { code, NOTE, table } from "./_markdown.ts";
import { programFor } from "./_program.ts";

/** A heading of a command's help, and the options under it. */
interface Group {
  readonly heading: string;
  readonly options: readonly Option[];
}

const DEFAULT_HEADING = "Options:";
/** Groups that so many commands have are told once. */
const MANY = 3;

function groupsOf(command: Command): Group[] {
  const groups = new Map<string, Option[]>();
  for (const option of command.options.filter(({ hidden }) => !hidden)) {
    const heading = option.helpGroupHeading ?? DEFAULT_HEADING;
    groups.set(heading, [...groups.get(heading) ?? [], option]);
  }
  return [...groups].map(([heading, options]) => ({ heading, options }));
}

/** Groups are the same where they say the same. */
const keyOf = ({ heading, options }: Group) =>
  JSON.stringify([heading, options.map(({ flags, description }) => [flags, description])]);

const nameOf = (heading: string) => heading.replace(/:$/, "");
const anchorOf = (heading: string) =>
  nameOf(heading).toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, "").replaceAll(" ", "-");

const optionsTable = (options: readonly Option[]) =>
  table(
    ["flag", "meaning"],
    options.map(({ flags, description }) => [code(flags), description]),
  );

/** Whether a command is a technique's, which has a page of its own. */
const isTechnique = (command: Command) => techniques.has(command.name());

function section(command: Command, shared: ReadonlySet<string>, path: readonly string[]): string[] {
  const name = [...path, command.name()].join(" "), groups = groupsOf(command);
  const below = command.commands.filter((each) => each.name() !== "help");
  const parts = [
    `${"#".repeat(path.length + 3)} ${code(name)}`,
    isTechnique(command)
      ? `${command.summary()}: [its page](../techniques/${command.name()}.md) says what it computes.`
      : command.description(),
    code(`phosphene ${[...path, command.name(), command.usage()].join(" ")}`),
  ];
  const args = command.registeredArguments;
  if (args.length > 0) {
    parts.push(
      table(
        ["argument", "meaning"],
        args.map((arg) => [
          code(arg.required ? `<${arg.name()}>` : `[${arg.name()}]`),
          arg.description,
        ]),
      ),
    );
  }
  const own = groups.filter((group) => !shared.has(keyOf(group)));
  if (own.length > 0) parts.push(optionsTable(own.flatMap(({ options }) => options)));
  const others = groups.filter((group) => shared.has(keyOf(group))).map(({ heading }) =>
    `[${nameOf(heading).toLowerCase()}](#${anchorOf(heading)})`
  );
  if (others.length > 0) parts.push(`And the options of ${others.join(", ")}.`);
  return [...parts, ...below.flatMap((each) => section(each, shared, [...path, command.name()]))];
}

/** The page, in Markdown. */
export async function commandsPage(): Promise<string> {
  const program = await programFor();
  const commands = program.commands.filter((command) => command.name() !== "help");
  const counts = new Map<string, { group: Group; count: number }>();
  for (const group of commands.flatMap(groupsOf)) {
    const key = keyOf(group);
    counts.set(key, { group, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const shared = new Map([...counts].filter(([, { count }]) => count >= MANY));
  const headings = new Map<string, Command[]>();
  for (const command of commands) {
    const heading = nameOf(command.helpGroup());
    headings.set(heading, [...headings.get(heading) ?? [], command]);
  }
  return [
    NOTE,
    "# The command line",
    "Every command with its options, as `phosphene COMMAND --help` tells them. Results go to standard " +
    "output, progress and messages to standard error.",
    "## Of every command",
    optionsTable(program.options),
    "The exit code says how it ended.",
    table(["exit code", "means"], [
      [code(`${EXIT.done}`), "done"],
      [code(`${EXIT.user}`), "what was given does not fit: one line says what would"],
      [code(`${EXIT.ours}`), "a bug in Phosphene, with its stack"],
      [code(`${EXIT.interrupted}`), "interrupted: no run is left half"],
    ]),
    "## Options that commands share",
    ...[...shared.values()].flatMap(({ group: { heading, options } }) => [
      `### ${nameOf(heading)}`,
      optionsTable(options),
    ]),
    ...[...headings].flatMap(([heading, commands]) => [
      `## ${heading}`,
      ...commands.flatMap((command) => section(command, new Set(shared.keys()), [])),
    ]),
  ].join("\n\n");
}
