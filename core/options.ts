/** From a zod schema to the options that people see, and from what they wrote to valid options. */
import { z } from "zod";
import { nearestHint, UserError } from "./errors.ts";

/** Strength of the map in the overlay; each attribution has a default of its own. */
export const overlayOption = (share: number) =>
  z.number().min(0).max(1).default(share)
    .describe("Strength of the map over the picture: 0 shows the picture alone, 1 the map alone");

/** Options that every attribution has; extend it with the technique's own. */
export const attributionOptions = z.object({
  class: z.union([z.int().min(0), z.string().min(1)]).optional()
    .describe("Class to explain, by number or name; default: the predicted one"),
  overlay: overlayOption(0.5),
});

/** Where the colours of a map end; raw values are kept whole. */
export const clipOption = z.number().positive().max(100).default(99).describe(
  "Percentile of the map's magnitudes that gets the full colour; what is beyond is drawn like it",
);

/** Options of attributions whose values are for (positive) or against (negative) the class. */
export const signedOptions = attributionOptions.extend({
  overlay: overlayOption(0.9),
  clip: clipOption,
});

/** One option as a flag or a form field. */
export interface OptionField {
  /** Name in the schema: `learningRate`. */
  readonly name: string;
  /** Name on the command line, without the dashes: `learning-rate`. */
  readonly flag: string;
  readonly type: "number" | "integer" | "boolean" | "string" | "list";
  readonly description: string;
  readonly default?: unknown;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required: boolean;
}

interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

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

/** The options of a schema, in its order. */
export function optionFields(schema: z.ZodObject): readonly OptionField[] {
  const json = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  return Object.entries(json.properties ?? {}).map(([name, field]) => ({
    name,
    flag: kebab(name),
    type: fieldType(field),
    description: field.description ?? "",
    default: field.default,
    choices: field.enum,
    minimum: bound(field.minimum ?? field.exclusiveMinimum),
    maximum: bound(field.maximum),
    required: json.required?.includes(name) ?? false,
  }));
}

/**
 * Turns the text of a flag into what the schema takes; leaves text that does not fit for
 * {@link parseOptions} to refuse.
 */
export function readFlag(field: OptionField, text: string): unknown {
  if (field.type === "list") return text.split(",").map((item) => item.trim());
  if (field.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  const number = Number(text);
  const numeric = field.type === "number" || field.type === "integer";
  return numeric && text.trim() !== "" && !Number.isNaN(number) ? number : text;
}

/**
 * Validates options and fills in defaults.
 *
 * @throws UserError naming each option that does not fit, what was given and what would.
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  what: string,
): z.output<Schema> {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`${what} has no option "${unknown}"; ${nearestHint(unknown, known)}.`);
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "");
    const found = given[name] === undefined
      ? "nothing was given"
      : `found ${JSON.stringify(given[name])}`;
    return `--${kebab(name)}: ${issue.message} (${found})`;
  });
  throw new UserError(`Cannot run ${what}: ${faults.join("; ")}.`);
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
    throw new UserError(`"${text}" is no size: write WIDTHxHEIGHT in pixels, such as 413x260.`);
  }
  return { width, height };
}
