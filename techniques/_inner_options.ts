/** Options of a technique within another, written as one text. */
import { nearestHint, UserError } from "../core/errors.ts";
import { type OptionField, optionFields, parseOptions, readFlag } from "../core/options.ts";
import { option } from "../core/say.ts";
import type { AttributionTechnique } from "../run/technique.ts";

/** What the outer technique decides: what is explained, and how it is shown. */
const OUTER = ["class", "overlay", "clip"];

/** The parts of a text: a semicolon parts them, and a comma where the next one begins with a name. */
function partsOf(text: string, isName: (name: string) => boolean): string[] {
  const parts: string[] = [];
  for (const stretch of text.split(";")) {
    stretch.split(",").forEach((piece, i) => {
      const [, name] = /^\s*([\w-]+)\s*=/.exec(piece) ?? [];
      if (i > 0 && !(name && isName(name))) parts.push(`${parts.pop()},${piece}`);
      else parts.push(piece);
    });
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/**
 * Reads options of an attribution that another one runs, `steps=20; baseline=blur`. Their names are
 * those of its schema, or of its flags; commas within a value belong to it.
 *
 * @param own The name of the option that holds the text, for messages.
 * @returns What the technique is to be given: its defaults are not filled in.
 * @throws UserError for a text that is none, an option that the technique does not have or that has no
 * effect within another, and a value that it does not take.
 * @example
 * ```ts
 * innerOptions(lrp, "rule=layer1.*=gamma,fc=z-plus; epsilon=0.1", "with");
 * // { rule: "layer1.*=gamma,fc=z-plus", epsilon: 0.1 }
 * ```
 */
export function innerOptions(
  { id, options: schema }: AttributionTechnique,
  text: string,
  own: string,
): Record<string, unknown> {
  const fields = optionFields(schema).filter(({ role }) => !OUTER.includes(role ?? ""));
  const named = (name: string) =>
    fields.find((field) => field.name === name || field.flag === name);
  const refuse = (reason: string, cause?: unknown) =>
    new UserError(`Cannot run ${id} ${option(own)} "${text}": ${reason}`, {
      code: "bad-option",
      option: own,
      cause,
    });
  const example = fields.length ? `, such as ${exampleOf(fields)}` : `: ${id} has none of its own`;
  const given: Record<string, unknown> = {};
  for (const part of partsOf(text, (name) => named(name) !== undefined)) {
    const [, name, value] = /^([\w-]+)\s*=\s*(.*)$/s.exec(part) ?? [];
    if (!name || !value) throw refuse(`"${part}" is no option with its value${example}.`);
    const field = named(name);
    if (!field) {
      const outer = optionFields(schema).find((other) => other.name === name);
      throw refuse(
        outer
          ? `"${name}" has no effect on ${id} within another technique, whose own counts.`
          : fields.length
          ? `${id} has no option "${name}"; ${nearestHint(name, fields.map(({ name }) => name))}.`
          : `${id} has no options of its own.`,
      );
    }
    if (Object.hasOwn(given, field.name)) throw refuse(`"${name}" is there twice.`);
    given[field.name] = readFlag(field, value);
  }
  try {
    parseOptions(schema, given, id);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw refuse(error.message.replace(/^Cannot run [^:]*: /, ""), error);
  }
  return given;
}

/** An option as it could be written. */
function exampleOf(fields: readonly OptionField[]): string {
  const { name, default: usual, choices } =
    fields.find((field) => field.default !== undefined || field.choices) ?? fields[0];
  return `${name}=${usual ?? choices?.[0] ?? "…"}`;
}
