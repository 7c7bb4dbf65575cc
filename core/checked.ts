/** JSON from a file against a schema. */
import type { z } from "../deps/zod.ts";

/** What the schema made of it, or the first thing that is wrong: where, and why. */
export type Checked<T> =
  | { readonly data: T }
  | { readonly data?: undefined; readonly path: string; readonly message: string };

/**
 * Holds a value against a schema. One over which the check itself stumbles (an object whose `length`
 * is no number where a text is expected) does not fit either.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Checked<z.output<Schema>> {
  try {
    const { success, data, error } = schema.safeParse(value);
    if (success) return { data };
    const { path, message } = error.issues[0];
    return { path: path.join("."), message };
  } catch (error) {
    return { path: "", message: (error as Error).message };
  }
}
