/** From zod schemas to flags, and from what was written to options. */
import { type Command, Option } from "../deps/commander.ts";
import type { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import {
  type OptionField,
  optionFields,
  type OptionRole,
  parseOptions,
  rangeOf,
  readFlag,
} from "../core/options.ts";
import { spoken } from "./_say.ts";

/** What stands for the value in help. */
function placeholder({ type, choices, flag }: OptionField): string {
  if (choices) return choices.join("|");
  if (type === "list") return "a,b,…";
  if (type === "string") return flag.split("-").at(-1)!;
  return type === "integer" ? "n" : "number";
}

/** Commands that list what options of a role take. */
const LISTED: Partial<Record<OptionRole, string>> = {
  layer: "`phosphene layers` lists them",
  technique: "`phosphene techniques` lists them",
};

function describe(field: OptionField): string {
  const fallback = field.default === undefined || field.type === "boolean"
    ? undefined
    : `default: ${Array.isArray(field.default) ? field.default.join(",") : field.default}`;
  const listed = field.role && LISTED[field.role];
  const facts = [rangeOf(field), fallback, listed].filter(Boolean).join("; ");
  const description = spoken(field.description);
  return facts ? `${description} (${facts})` : description;
}

/** A truth is `--flag` or `--no-flag`; help shows the one that changes the default. */
function switches(field: OptionField): Option[] {
  const on = new Option(`--${field.flag}`, describe(field));
  const off = new Option(`--no-${field.flag}`, `Turn off: ${describe(field)}`);
  return field.default === true ? [on.hideHelp(), off] : [on, off.hideHelp()];
}

function optionsOf(field: OptionField): Option[] {
  if (field.type === "boolean") return switches(field);
  return [new Option(`--${field.flag} <${placeholder(field)}>`, describe(field))];
}

/**
 * Adds the flags of a schema to a command, under a heading of its help.
 *
 * @throws UserError where a flag is taken: two plugins' fault, or a technique's and the command's.
 */
export function addFlags(command: Command, schema: z.ZodObject, heading: string): Command {
  for (const option of optionFields(schema).flatMap(optionsOf)) {
    for (let taken: Command | null = command; taken; taken = taken.parent) {
      if (taken.options.some(({ long }) => long === option.long)) {
        throw new UserError(`"${command.name()}" already has an option ${option.long}.`);
      }
    }
    command.addOption(option.helpGroup(heading));
  }
  return command;
}

/**
 * The options of a schema as they were written on the command line, defaults filled in.
 *
 * @throws UserError naming each flag that does not fit.
 */
export function readFlags<Schema extends z.ZodObject>(
  command: Command,
  schema: Schema,
): z.output<Schema> {
  return parseOptions(schema, givenFlags(command, schema), command.name());
}

/** Like {@link readFlags}, before validation and without defaults. */
function givenFlags(command: Command, schema: z.ZodObject): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const field of optionFields(schema)) {
    const value = command.getOptionValue(attributeOf(field));
    if (value !== undefined) {
      given[field.name] = typeof value === "string" ? readFlag(field, value) : value;
    }
  }
  return given;
}

const attributeOf = ({ flag }: OptionField) => new Option(`--${flag}`).attributeName();
