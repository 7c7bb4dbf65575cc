/** Finding the class that a user means. */
import { nearestHint, UserError } from "../core/errors.ts";
import type { Model } from "./model.ts";
import { outputsOf } from "./outputs.ts";

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

/** Likewise, among the names of a model's classes. */
export function findClass(
  classes: readonly string[],
  wanted: number | string,
  model: string,
): number {
  const refuse = (message: string) => {
    throw new UserError(message, { code: "unknown-class" });
  };
  const text = String(wanted).trim(), numbered = /^#?(-?\d+)$/.exec(text);
  const named = /^=(.+)$/s.exec(text)?.[1].trim();
  const byName = (name: string) => {
    const same = classes.flatMap((label, i) => label.trim() === name ? [i] : []);
    const lower = name.toLowerCase();
    return same.length
      ? same
      : classes.flatMap((label, i) => label.trim().toLowerCase() === lower ? [i] : []);
  };
  if (numbered) {
    const index = Number(numbered[1]), exists = index >= 0 && index < classes.length;
    const homonyms = typeof wanted === "string" && !text.startsWith("#")
      ? byName(text).filter((i) => i !== index)
      : [];
    if (exists && homonyms.length === 0) return index;
    if (homonyms.length) {
      return refuse(
        `"${text}" could be class number ${index}` +
          `${exists ? ` ("${classes[index]}")` : ", which there is not,"} or the name of class ` +
          `${homonyms[0]} of ${model}: write "=${text}" for the name` +
          `${exists ? `, "#${text}" for the number` : ""}.`,
      );
    }
    return refuse(
      `There is no class ${index}: ${model} has the classes 0 to ${classes.length - 1}.`,
    );
  }
  const exact = byName(text), found = exact.length || named === undefined ? exact : byName(named);
  const lower = text.toLowerCase();
  const fitting = found.length || named !== undefined
    ? found
    : classes.flatMap((l, i) => (lower && l.toLowerCase().includes(lower) ? [i] : []));
  if (fitting.length === 1) return fitting[0];
  if (fitting.length > 1) {
    const some = fitting.slice(0, 5).map((i) => `${i} "${classes[i]}"`).join(", ");
    const more = fitting.length > 5 ? ` and ${fitting.length - 5} more` : "";
    return refuse(
      `"${text}" fits several classes of ${model}: ${some}${more}. Give the number of one.`,
    );
  }
  return refuse(`${model} has no class "${text}"; ${nearestHint(named ?? text, classes)}.`);
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
