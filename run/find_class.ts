/** Finding a class among the names of a network's classes. */
import { nearestHint, UserError } from "../core/errors.ts";

/**
 * Finds the class that a user means, as `classIndex` does, where only the names are at hand.
 *
 * @param model What messages call the network.
 * @throws UserError for a number out of range, and a name that none or several have.
 */
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
