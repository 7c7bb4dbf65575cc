/** Options that a form sent. */
import { z } from "../deps/zod.ts";
import { optionFields, parseOptions, readFlag, seedOption } from "../core/options.ts";

/**
 * Options as far as they were given, not yet validated; empty fields are left out, boxes never are.
 *
 * @param textOf What the field of an option holds.
 * @throws UserError where a text cannot be read.
 */
export function optionsSent(
  schema: z.ZodObject,
  textOf: (option: string) => string | undefined,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const field of optionFields(schema)) {
    const sent = textOf(field.name);
    // an unchecked box sends nothing
    if (field.type === "boolean") options[field.name] = sent !== undefined;
    else if (sent?.trim()) options[field.name] = readFlag(field, sent.trim());
  }
  return options;
}

const seedSchema = z.object({ seed: seedOption });

/** The seed that a form gives. @param of What for. @throws UserError where it is none. */
export function seedSent(sent: string | undefined, of: string): number {
  const [field] = optionFields(seedSchema);
  return parseOptions(seedSchema, sent?.trim() ? { seed: readFlag(field, sent) } : {}, of).seed;
}
