/** The command line that repeats a run, or why there is none. */
import { optionFields, parseOptions, readFlag } from "../core/options.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { Run } from "./execute.ts";
import type { Model, ModelAdapter } from "./model.ts";
import { models } from "./models.ts";
import { type Origin, originOf } from "./plugins/origin.ts";
import { objectives } from "./objective.ts";
import { parameterizations } from "./parameterization.ts";
import type { Technique } from "./technique.ts";
import { techniques } from "./techniques.ts";
import { transforms } from "./transform.ts";

/** Quotes an argument for a POSIX shell where it needs that. */
const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Joins arguments to a command line that a POSIX shell splits into the same ones. */
export const commandLine = (args: readonly string[]): string => args.map(quoted).join(" ");

/** The words of a command line that {@link commandLine} has written. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/(?:[^\s'\\]|'[^']*'|\\[^])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\([^])/g, (_, quoted, escaped) => quoted ?? escaped)
  );

/** The value of a flag in such words: of `--name value`, or `--name=value`; undefined where it is not there. */
export function flagIn(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return words[at] === name ? words[at + 1] : words[at].slice(name.length + 1);
}

/** Where a saved run has what it needs again; paths. */
export interface Kept {
  /** The folder of runs. */
  readonly out: string;
  readonly picture?: string;
  readonly labels?: string;
}

/** Why no command repeats a run; the end of a sentence. */
class Unrepeatable extends Error {}

/** `WIDTHxHEIGHT`, pixels or `none`. */
const sizeText = (size: Preprocess["resize"]) =>
  size === null ? "none" : typeof size === "number" ? `${size}` : `${size.width}x${size.height}`;

/** What each part of a preprocessing is called on the command line, and how it is written there. */
const PREPROCESS: { [Part in keyof Preprocess]: [flag: string, (value: never) => string] } = {
  resize: ["--resize", sizeText],
  crop: ["--crop", sizeText],
  interpolation: ["--interpolation", String],
  mean: ["--mean", String],
  std: ["--std", String],
  range: ["--range", String],
  channelOrder: ["--channel-order", String],
};

/** `--name value`; a value that looks like a flag is written behind an equals sign. */
const flag = (name: string, value: string): string[] =>
  value.startsWith("-") ? [`${name}=${value}`] : [name, value];

function preprocessFlags(declared: Partial<Preprocess>): string[] {
  return Object.entries(declared).filter(([, value]) => value !== undefined)
    .flatMap(([part, value]) => {
      const [name, write] = PREPROCESS[part as keyof Preprocess];
      return flag(name, write(value as never));
    });
}

/** The technique's options as flags, each checked by reading it again. */
function optionFlags({ technique, options }: Pick<Run, "technique" | "options">): string[] {
  const read: Record<string, unknown> = {};
  const flags = optionFields(technique.options).flatMap((field) => {
    const value = options[field.name];
    if (value === undefined) return [];
    const name = `--${field.flag}`, text = String(value);
    read[field.name] = readFlag(field, text);
    if (typeof value === "boolean") return [value ? name : `--no-${field.flag}`];
    return flag(name, text);
  });
  const same = (a: unknown, b: unknown) => String(a) === String(b);
  let again: Readonly<Record<string, unknown>> = {};
  try {
    again = parseOptions(technique.options, read, technique.id);
  } catch {
    // told below, by the first that differs
  }
  const odd = Object.entries(options).find(([name, value]) => !same(again[name], value));
  if (odd) throw new Unrepeatable(`its option "${odd[0]}" has a value that no flag can give`);
  return flags;
}

function modelFlags(
  { loaded }: Pick<Model, "loaded">,
  { labels }: Pick<Kept, "labels"> = {},
): string[] {
  if (!loaded) throw new Unrepeatable("its network was made by a script");
  return [
    ...flag("--model", loaded.id),
    ...(loaded.weights === undefined ? [] : flag("--weights", loaded.weights)),
    ...(loaded.output === undefined ? [] : flag("--output", loaded.output)),
    ...(labels === undefined ? [] : flag("--labels", labels)),
    ...preprocessFlags(loaded.preprocess ?? {}),
    ...(loaded.scores === undefined ? [] : flag("--scores", loaded.scores)),
  ];
}

/** What is explained, where no option of the technique says it. */
function targetFlags(run: Run): string[] {
  if (!("target" in run)) return [];
  const { expression, plain } = run.target;
  if (expression !== undefined) return flag("--target", expression);
  if (!plain) throw new Unrepeatable("the mask of its target is no file");
  return [];
}

/** What loaded a model, if it is (still) registered. */
const adapterOf = ({ loaded }: Model): ModelAdapter | undefined =>
  loaded && models.has(loaded.adapter) ? models.get(loaded.adapter) : undefined;

/** What a visualization is made of, beside its technique. */
const usedBy = (run: Run): readonly object[] => "uses" in run ? run.uses ?? [] : [];

/** The plugins that a run needs, each file once. */
export function pluginsOf(run: Run): readonly Origin[] {
  const { technique, model } = run, adapter = adapterOf(model);
  const origins = [technique, ...adapter ? [adapter] : [], ...usedBy(run)].map(originOf);
  const files = new Map(origins.flatMap((origin) => origin ? [[origin.file, origin]] : []));
  return [...files.values()];
}

/** Whether a thing came with the library or from a plugin. */
const isKnown = (thing: object): boolean =>
  Boolean(originOf(thing)) ||
  [objectives, transforms, parameterizations].some((kept) => kept.isOwn(thing));

function checkKnown(run: Run): void {
  const { technique, model } = run;
  if (!originOf(technique) && !techniques.isOwn(technique)) {
    throw new Unrepeatable(`its technique comes from a script, not from a plugin file`);
  }
  if (!usedBy(run).every(isKnown)) {
    throw new Unrepeatable(`a part of its objective comes from a script, not from a plugin file`);
  }
  const adapter = adapterOf(model);
  if (model.loaded && (!adapter || !originOf(adapter) && !models.isOwn(adapter))) {
    throw new Unrepeatable(`its network was read by a script's own code, not by a plugin file`);
  }
}

function picture({ source }: Run, kept: Kept): string[] {
  if (!source) return [];
  const path = ("path" in source ? source.path : undefined) ?? kept.picture;
  if (path === undefined) throw new Unrepeatable("its picture was too large to keep");
  return path.startsWith("-") ? [`./${path}`] : [path];
}

/**
 * The command of a visualization that was not saved as a run; options that are not given are what
 * they are by default. Where no command can make it, a shell's comment that says why.
 */
export function commandToMake({ technique, model, options, seed }: {
  readonly technique: Technique;
  readonly model: Pick<Model, "loaded">;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}): string {
  return orComment(() =>
    commandLine([
      "phosphene",
      technique.id,
      ...modelFlags(model),
      ...optionFlags({ technique, options }),
      ...flag("--seed", String(seed)),
    ])
  );
}

/** A command, or a shell's comment that says why there is none. */
function orComment(command: () => string): string {
  try {
    return command();
  } catch (error) {
    if (!(error instanceof Unrepeatable)) throw error;
    return `# No command repeats this run: ${error.message.replaceAll(/\s+/g, " ")}.`;
  }
}

/**
 * The command that repeats a run, from the folder where it was started: it names the picture, the
 * model with all that was declared about it, every option, the seed, the backend and the plugins.
 * Where no command can, a shell's comment that says why.
 */
export function commandOf(run: Run, kept: Kept): string {
  return orComment(() => {
    checkKnown(run);
    return commandLine([
      "phosphene",
      run.technique.id,
      ...picture(run, kept),
      ...modelFlags(run.model, kept),
      ...optionFlags(run),
      ...targetFlags(run),
      ...flag("--backend", run.backend.name),
      ...(kept.out === "runs" ? [] : flag("--out", kept.out)),
      ...pluginsOf(run).flatMap(({ file }) => flag("--plugin", file)),
      ...flag("--seed", String(run.seed)),
    ]);
  });
}
