/** The command line: flags → run → print. */
import { Command, CommanderError } from "../deps/commander.ts";
import type { AddCommand, Context } from "./_context.ts";
import { EXIT } from "./_exit.ts";
import { pluginsFor } from "./_plugins.ts";
import { meterFor, silentMeter } from "./_progress.ts";
import { told } from "./_say.ts";
import { nearestHint, PluginError, UserError } from "../core/errors.ts";
import { oneLine, plain } from "../core/plain.ts";
import config from "../deno.json" with { type: "json" };
import { platform } from "../platform/mod.ts";

/** Every command but the techniques' own, which are made from their registry; loaded where needed. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  compare: () => import("./compare.ts").then(({ addCompare }) => addCompare),
  judge: () => import("./judge.ts").then(({ addJudge }) => addJudge),
  concepts: () => import("./concepts.ts").then(({ addConcepts }) => addConcepts),
  job: () => import("./job.ts").then(({ addJob }) => addJob),
  microscope: () => import("./microscope.ts").then(({ addMicroscope }) => addMicroscope),
  worker: () => import("./worker.ts").then(({ addWorker }) => addWorker),
  predict: () => import("./predict.ts").then(({ addPredict }) => addPredict),
  sample: () => import("./sample.ts").then(({ addSample }) => addSample),
  techniques: () => import("./techniques.ts").then(({ addTechniques }) => addTechniques),
  metrics: () => import("./metrics.ts").then(({ addMetrics }) => addMetrics),
  models: () => import("./models.ts").then(({ addModels }) => addModels),
  report: () => import("./report.ts").then(({ addReport }) => addReport),
  leaderboard: () => import("./leaderboard.ts").then(({ addLeaderboard }) => addLeaderboard),
  layers: () => import("./layers.ts").then(({ addLayers }) => addLayers),
  convert: () => import("./convert.ts").then(({ addConvert }) => addConvert),
  pull: () => import("./pull.ts").then(({ addPull }) => addPull),
  cache: () => import("./cache.ts").then(({ addCache }) => addCache),
  gallery: () => import("./gallery.ts").then(({ addGallery }) => addGallery),
  doctor: () => import("./doctor.ts").then(({ addDoctor }) => addDoctor),
  plugin: () => import("./plugin.ts").then(({ addPlugin }) => addPlugin),
  new: () => import("./new.ts").then(({ addNew }) => addNew),
};

/** Loads every technique, model and metric, and every command. */
const loadAll = () =>
  Promise.all([import("../techniques/mod.ts"), ...Object.values(COMMANDS).map((load) => load())]);

/** The word that says what a command line means; undefined where it may mean anything. */
const wordOf = (args: readonly string[]): string | undefined =>
  args.find((word) => word !== "--json" && word !== "--quiet");

// all that is printed goes through these two: what files and plugins say steers no terminal
const out = (text: string) => console.log(plain(text));
const err = (text: string) => console.error(plain(text));

async function programFor(
  args: readonly string[],
  signal: AbortSignal,
  plugins: readonly string[],
): Promise<Command> {
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
  const adding = await Promise.all(
    (await neededCommands(program, context, args)).map((name) => COMMANDS[name]()),
  );
  const others = "Pictures, models and this machine:";
  program.commandsGroup(others);
  for (const add of adding) add(program, context);
  program.addHelpCommand(
    new Command("help").argument("[command]").summary("Show help for a command").helpGroup(others),
  );
  return program;
}

/** Names the commands that a command line may mean; where it may mean a technique, adds them all. */
async function neededCommands(
  program: Command,
  context: Context,
  args: readonly string[],
): Promise<readonly string[]> {
  const word = wordOf(args) ?? "", hasPlugins = context.plugins.length > 0;
  if (!hasPlugins && Object.hasOwn(COMMANDS, word)) return [word];
  if (!hasPlugins && /^(-V|--version)$/.test(word)) return [];
  const [{ techniques }, { originOf }, { addTechnique }] = await Promise.all([
    import("../techniques/mod.ts"),
    import("../run/plugins/mod.ts"),
    import("./technique.ts"),
  ]);
  for (const technique of techniques) {
    const origin = originOf(technique), { id } = technique;
    if (origin && (Object.hasOwn(COMMANDS, id) || id === "help")) {
      throw new PluginError(
        origin.file,
        `Cannot use the plugin "${origin.file}": there is already a command "${id}".`,
      );
    }
    addTechnique(program, context, technique, args.includes(id));
  }
  return techniques.ids.includes(word) ? [] : Object.keys(COMMANDS);
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
    if (plugins.length) {
      const { loadPlugin } = await import("../run/plugins/mod.ts");
      await loadAll(); // a plugin stands beside all that there is
      for (const file of plugins) await loadPlugin(file);
    }
    program = await programFor(args, signal, plugins);
    await program.parseAsync(args.length ? args : ["--help"], { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (!signal.aborted) return tell(error, program);
    err("interrupted");
    return EXIT.interrupted;
  }
}
