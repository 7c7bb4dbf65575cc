/** Finding the class that a user means. */
import type { Model } from "./model.ts";
import { findClass } from "./find_class.ts";
import { outputsOf } from "./outputs.ts";

export { findClass };

/**
 * Finds the class that a user means: a number, or a name (whole, or a part that only one has; case
 * does not matter). A text of digits is a number; where a class of another number has it as its
 * name, `#7` is the number and `=7` the name.
 *
 * @throws UserError for a number out of range, and a name that none or several have.
 * @example
 * ```ts
 * model.labels[classIndex(model, "cat")]; // "cat"
 * ```
 */
export function classIndex(model: Model, wanted: number | string): number {
  return findClass(outputsOf(model).classes, wanted, model.id);
}

/**
 * Splits a list of classes at commas, but not within the name of a class that has commas itself:
 * `tench, Tinca tinca,cat` is two where the first is a class's whole name.
 *
 * @returns Each class once: its number, and the text that means it.
 * @throws UserError as {@link classIndex}.
 */
export function classList(model: Model, parts: readonly string[]): ReadonlyMap<number, string> {
  const { classes } = outputsOf(model), found = new Map<number, string>();
  const named = (text: string) => classes.find((label) => spaced(label) === spaced(text));
  for (let from = 0; from < parts.length;) {
    let to = parts.length, name: string | undefined;
    for (; to > from + 1; to--) {
      name = named(parts.slice(from, to).join(",").replace(/^\s*=/, ""));
      if (name !== undefined) break;
    }
    const wanted = name ?? parts[from];
    const index = findClass(classes, wanted, model.id);
    if (!found.has(index)) found.set(index, wanted);
    from = to;
  }
  return found;
}

/** A name without spaces around its commas, in lower case. */
const spaced = (name: string) => name.split(",").map((part) => part.trim()).join(",").toLowerCase();
