/** The command line: flags → run → print. */
import { Command, CommanderError } from "../deps/commander.ts";
import type { AddCommand, Context } from "./_context.ts";
import { EXIT } from "./_exit.ts";
import { pluginsFor } from "./_plugins.ts";
import { meterFor, silentMeter } from "./_progress.ts";
import { told } from "./_say.ts";
import { addCache } from "./cache.ts";
import { addCompare } from "./compare.ts";
import { addConvert } from "./convert.ts";
import { addDoctor } from "./doctor.ts";
import { addGallery } from "./gallery.ts";
import { addLayers } from "./layers.ts";
import { addModels } from "./models.ts";
import { addNew } from "./new.ts";
import { addPlugin } from "./plugin.ts";
import { addPredict } from "./predict.ts";
import { addPull } from "./pull.ts";
import { addSample } from "./sample.ts";
import { addTechnique } from "./technique.ts";
import { addTechniques } from "./techniques.ts";
import { nearestHint, PluginError, UserError } from "../core/errors.ts";
import { oneLine, plain } from "../core/plain.ts";
import config from "../deno.json" with { type: "json" };
import { platform } from "../platform/mod.ts";
import { loadPlugin, originOf } from "../run/plugins/mod.ts";
import { techniques } from "../techniques/mod.ts";

/** Every command but the techniques' own, which are made from their registry. */
const COMMANDS: readonly AddCommand[] = [
  addCompare,
  addPredict,
  addSample,
  addTechniques,
  addModels,
  addLayers,
  addConvert,
  addPull,
  addCache,
  addGallery,
  addDoctor,
  addPlugin,
  addNew,
];

// all that is printed goes through these two: what files and plugins say steers no terminal
const out = (text: string) => console.log(plain(text));
const err = (text: string) => console.error(plain(text));

function programFor(
  args: readonly string[],
  signal: AbortSignal,
  plugins: readonly string[],
): Command {
  const program = new Command("phosphene")
    .description("See what a convolutional network looks at, and what it looks for.")
    .version(config.version, "-V, --version", "Show the version")
    .helpOption("-h, --help", "Show help")
    .option("--json", "Print one JSON document instead of text")
    .option("--quiet", "Show no progress and no messages")
    .option(
      "--plugin <name>",
      "Add what a plugin has: a file, or an https:, npm: or jsr: address; may be repeated, or listed " +
        "in phosphene.json",
    )
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({
      outputError() {}, // `tell` says it
      writeOut: (text) => out(text.replace(/\n$/, "")),
      // nothing is coloured, and asking would need the permission to read the environment
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText("after", "\n`phosphene COMMAND --help` shows the options of a command.");
  const context = contextFor(program, signal, plugins);
  const taken = plugins.length > 0 ? ownNames(context) : [];
  for (const technique of techniques) {
    const origin = originOf(technique);
    if (origin && taken.includes(technique.id)) {
      throw new PluginError(
        origin.file,
        `Cannot use the plugin "${origin.file}": there is already a command "${technique.id}".`,
      );
    }
    addTechnique(program, context, technique, args.includes(technique.id));
  }
  const others = "Pictures, models and this machine:";
  program.commandsGroup(others);
  for (const add of COMMANDS) add(program, context);
  program.addHelpCommand(
    new Command("help").argument("[command]").summary("Show help for a command").helpGroup(others),
  );
  return program;
}

/** The names of the commands that do not come from a technique. */
function ownNames(context: Context): string[] {
  const program = new Command();
  for (const add of COMMANDS) add(program, context);
  return [...program.commands.map((command) => command.name()), "help"];
}

function contextFor(program: Command, signal: AbortSignal, plugins: readonly string[]): Context {
  const flag = (name: "json" | "quiet") => program.opts()[name] === true;
  return {
    signal,
    plugins,
    get json() {
      return flag("json");
    },
    print: (value, text) => out(flag("json") ? JSON.stringify(value, null, 2) : text()),
    note: (line) => flag("quiet") || err(line),
    meter: (title, format) => flag("quiet") ? silentMeter : meterFor(title, format),
  };
}

/** Tells what went wrong; the exit code that says whose fault it is. */
function tell(error: unknown, program: Command | undefined): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done; // --help, --version
  if (error instanceof CommanderError) {
    if (error.code !== "commander.help") err(`error: ${oneLine(sentenceOf(error, program))}`);
    return EXIT.user;
  }
  if (error instanceof UserError) {
    err(`error: ${told(error)}`);
    return EXIT.user;
  }
  err(error instanceof Error ? error.stack ?? error.message : platform.inspect(error));
  err(
    "This is a bug in Phosphene. Please report it with the command and the lines above.",
  );
  return EXIT.ours;
}

function sentenceOf(error: CommanderError, program: Command | undefined): string {
  const [name] = program?.args ?? [];
  const command = program?.commands.find((candidate) => candidate.name() === name);
  if (program && error.code === "commander.unknownCommand") {
    const names = program.commands.map((candidate) => candidate.name());
    return `There is no command "${name}"; ${nearestHint(name, names)}.`;
  }
  if (program && error.code === "commander.unknownOption") {
    const wanted = /'(.*?)'/.exec(error.message)![1];
    const options = [...command?.options ?? [], ...program.options].filter(({ hidden }) => !hidden);
    const whose = command ? `${command.name()} has` : "There is";
    return `${whose} no option "${wanted}"; ${nearestHint(wanted, options.map((o) => o.long!))}.`;
  }
  const sentence = error.message.replace(/^error: /, "").replaceAll("\n", " ").replace(/\.$/, "");
  const help = ["phosphene", ...command ? [command.name()] : [], "--help"].join(" ");
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}; see ${help}.`;
}

/**
 * Runs one command line to its end.
 *
 * @param signal Stops it.
 * @returns The exit code.
 */
export async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  let program: Command | undefined;
  try {
    const plugins = await pluginsFor(args);
    for (const file of plugins) await loadPlugin(file);
    program = programFor(args, signal, plugins);
    await program.parseAsync(args.length ? args : ["--help"], { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (!signal.aborted) return tell(error, program);
    err("interrupted");
    return EXIT.interrupted;
  }
}
