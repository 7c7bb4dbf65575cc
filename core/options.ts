/** From a zod schema to the options that people see, and from what they wrote to valid options. */
import { z } from "../deps/zod.ts";
import { nearestHint, UserError } from "./errors.ts";
import { type OptionRole, ROLES } from "./roles.ts";
import { option } from "./say.ts";
import { either, kebab, quoted, words } from "./text.ts";

export {
  attributionOptions,
  channelOption,
  classOption,
  clipAt,
  clipOption,
  fileOption,
  layerOption,
  layersOption,
  type OptionRole,
  overlayOption,
  seedOption,
  signedOptions,
  sizeOption,
  techniqueOption,
  withRole,
} from "./roles.ts";

/** One option as a flag or a form field. */
export interface OptionField {
  /** Name in the schema: `learningRate`. */
  readonly name: string;
  /** Name on the command line, without the dashes: `learning-rate`. */
  readonly flag: string;
  /** Name on a page: `learning rate`. */
  readonly label: string;
  /** What it means, where the schema says so. */
  readonly role?: OptionRole;
  /** What it takes, in words, where its schema says so (`.meta({ takes })`). */
  readonly takes?: string;
  /** What a text is read as; a list is of texts, between commas. */
  readonly type: "number" | "integer" | "boolean" | "string" | "list";
  /** Whether what is read as a text may be a number too. */
  readonly orNumber?: true;
  /** Its meaning, as its schema `.describe()`s it. */
  readonly description: string;
  /** What it is where nothing is given; absent where the technique decides. */
  readonly default?: unknown;
  /** The texts that it takes, where these are few. */
  readonly choices?: readonly string[];
  /** The lower bound of a number. */
  readonly minimum?: number;
  /** Whether the minimum itself is too small. */
  readonly aboveMinimum?: true;
  /** The largest number that it takes. */
  readonly maximum?: number;
  /** Whether it must be given. */
  readonly required: boolean;
}

interface JsonSchema {
  type?: string;
  description?: string;
  role?: unknown;
  takes?: unknown;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** Numbers that JSON Schema writes where zod has no bound of its own. */
const bound = (n: number | undefined) =>
  n === undefined || Math.abs(n) >= Number.MAX_SAFE_INTEGER ? undefined : n;

function fieldType(schema: JsonSchema): OptionField["type"] {
  if (schema.anyOf) {
    // what may be a text is read as one; the schema's own types sort it out
    return schema.anyOf.some((s) => s.type === "string") ? "string" : fieldType(schema.anyOf[0]);
  }
  if (schema.type === "array") return "list";
  if (schema.type === "number" || schema.type === "integer" || schema.type === "boolean") {
    return schema.type;
  }
  return "string";
}

/** Whether a number will do where a text does. */
const takesNumber = ({ anyOf = [] }: JsonSchema) =>
  anyOf.some(({ type }) => type === "string") &&
  anyOf.some(({ type }) => type === "number" || type === "integer");

const worked = new WeakMap<z.ZodObject, readonly OptionField[]>();

/**
 * The options of a schema, in its order; worked out once.
 *
 * @throws Error for a schema with something that no flag or field can hold (a date, a function), or
 * with a role that there is not.
 */
export function optionFields(schema: z.ZodObject): readonly OptionField[] {
  let fields = worked.get(schema);
  if (!fields) worked.set(schema, fields = fieldsOf(schema));
  return fields;
}

function fieldsOf(schema: z.ZodObject): readonly OptionField[] {
  const json = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  return Object.entries(json.properties ?? {}).map(([name, field]) => ({
    name,
    flag: kebab(name),
    label: words(name),
    role: roleOf(name, field.role),
    ...(typeof field.takes === "string" && { takes: field.takes }),
    type: fieldType(field),
    ...(takesNumber(field) && { orNumber: true as const }),
    description: field.description ?? "",
    default: field.default,
    choices: field.enum,
    minimum: bound(field.minimum ?? field.exclusiveMinimum),
    aboveMinimum: field.minimum === undefined && field.exclusiveMinimum !== undefined || undefined,
    maximum: bound(field.maximum),
    required: json.required?.includes(name) ?? false,
  }));
}

function roleOf(name: string, role: unknown): OptionRole | undefined {
  const found = ROLES.find((known) => known === role);
  if (role === undefined || found) return found;
  throw new Error(`its option "${name}" has an unknown role; ${nearestHint(String(role), ROLES)}`);
}

/** The first option of a role, if there is one. */
export const fieldOfRole = (schema: z.ZodObject, role: OptionRole): OptionField | undefined =>
  optionFields(schema).find((field) => field.role === role);

/**
 * The value of the option that has a role, whatever it is called; undefined where there is none.
 *
 * @example
 * ```ts
 * optionByRole(technique.options, { breed: "tabby" }, "class"); // "tabby"
 * ```
 */
export function optionByRole(
  schema: z.ZodObject,
  options: Readonly<Record<string, unknown>>,
  role: OptionRole,
): unknown {
  const field = fieldOfRole(schema, role);
  return field && options[field.name];
}

/**
 * Of values by role, those that a schema has an option for, by the option's name.
 *
 * @example
 * ```ts
 * optionsByRole(saliency.options, { class: "tabby", size: "64x64" }); // { class: "tabby" }
 * ```
 */
export function optionsByRole(
  schema: z.ZodObject,
  wanted: Readonly<Partial<Record<OptionRole, unknown>>>,
): Record<string, unknown> {
  const fields = optionFields(schema);
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([role, value]) => {
      const field = fields.find((candidate) => candidate.role === role);
      return field && value !== undefined ? [[field.name, value]] : [];
    }),
  );
}

/**
 * Turns the text of a flag into what the schema takes; leaves text that does not fit for
 * {@link parseOptions} to refuse.
 */
export function readFlag(field: OptionField, text: string): unknown {
  if (field.type === "list") return namesIn(text);
  if (field.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const number = Number(text);
  // of a class, the model says whether a number in a text is its name
  const either = field.orNumber && field.role !== "class";
  const numeric = field.type === "number" || field.type === "integer" || either;
  return numeric && text.trim() !== "" && !Number.isNaN(number) ? number : text;
}

/** The names in a text of several, separated by commas, or in a list of such texts. */
export const namesIn = (names: string | readonly string[]): string[] =>
  [names].flat().flatMap((text) => text.split(",")).map((name) => name.trim());

/** The range of a number, short: `1 to 100`, `1 or more`, `above 0`; empty where there is none. */
export function rangeOf({ minimum, aboveMinimum, maximum }: OptionField): string {
  const most = maximum === undefined ? "" : `up to ${maximum}`;
  if (minimum === undefined) return most;
  if (aboveMinimum) return [`above ${minimum}`, most].filter(Boolean).join(" and ");
  return most ? `${minimum} to ${maximum}` : `${minimum} or more`;
}

const TAKEN_BY_ROLE: Partial<Record<OptionRole, string>> = {
  class: "the number or the name of a class",
  layer: "the name of a layer",
  size: "WIDTHxHEIGHT in pixels, such as 413x260",
  file: "the path of a file",
  folder: "the path of a folder",
  technique: "the id of a technique",
  model: "the id of a model or the path of one",
};
const TAKEN_BY_TYPE = {
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  string: "a text",
  list: "a list",
};

/** What an option takes, in words: `a whole number from 1 to 100`. */
export function taken(field: OptionField): string {
  if (field.takes) return field.takes;
  if (field.choices) return either(field.choices);
  const byRole = field.role && TAKEN_BY_ROLE[field.role];
  if (byRole) return field.type === "list" ? `a list, each ${byRole}` : byRole;
  const range = rangeOf(field).replace(/^(?=\d.* to )/, "from ").replace(
    /^(.*) or more$/,
    "of $1 or more",
  );
  return `${TAKEN_BY_TYPE[field.type]} ${range}`.trim();
}

/** Stands for the sentences of zod, which are for developers; a schema's own are kept. */
const OURS = "";

/** One fault in a sentence, without its full stop. */
function sentenceOf(
  { path: [name], message }: z.core.$ZodIssue,
  fields: ReadonlyMap<PropertyKey, OptionField>,
  given: Readonly<Record<string, unknown>>,
): string {
  const field = fields.get(name);
  if (!field) return message || "the options do not fit together";
  const named = option(field.name), value = given[field.name];
  if (value === undefined) return `${named} is missing: it takes ${taken(field)}`;
  const own = message === OURS ? ` takes ${taken(field)}` : `: ${message}`;
  return `${named}${own}; found ${quoted(value)}`;
}

/**
 * Validates options and fills in defaults.
 *
 * @param what Whose options these are, for messages: a technique's id or title, a command.
 * @throws UserError naming each option that does not fit, what it takes and what was given.
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  what: string,
): z.output<Schema> {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      `${what} has no option "${unknown}"; ${nearestHint(unknown, known)}.`,
      { code: "unknown-option", option: unknown },
    );
  }
  const parsed = schema.safeParse(given, { error: () => OURS });
  if (parsed.success) return parsed.data;
  const fields = new Map(optionFields(schema).map((field) => [field.name, field]));
  const { issues } = parsed.error;
  const faults = new Set(issues.map((issue) => sentenceOf(issue, fields, given)));
  throw new UserError(`Cannot run ${what}: ${[...faults].join(". ")}.`, {
    code: "bad-option",
    option: issues[0].path[0] as string | undefined,
    cause: parsed.error,
  });
}

/**
 * Reads `WIDTHxHEIGHT`.
 *
 * @throws UserError where the text is something else.
 */
export function parseSize(text: string): { width: number; height: number } {
  const found = /^(\d+)\s*[x×]\s*(\d+)$/i.exec(text.trim());
  const [width, height] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || width < 1 || height < 1) {
    throw new UserError(
      `"${text}" is not a size: write WIDTHxHEIGHT in pixels, such as 413x260.`,
      { code: "bad-option" },
    );
  }
  return { width, height };
}
