/** The words of `--target`: `3`, `"tabby" - lynx`, `mean(tabby, lynx)`, `3@12:20`, `0.5*3@mask.png`. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import type { Values } from "../core/values.ts";
import type { Picture } from "../image/mod.ts";

/** A class, of a place where the network has several. */
export interface ClassAt {
  /** Number or name. */
  readonly class: number | string;
  /** `[row, column]` of the network's own map (`[place]` of a list of places). */
  readonly at?: readonly number[];
  /**
   * Where the class is explained, the mean over it: a picture of any size, brightness is weight, or
   * the path of one; or weights, `[height, width]` of the network's own map.
   */
  readonly mask?: string | Picture | Values;
}

/** A class, and how much it counts. */
export interface TargetTerm extends ClassAt {
  /** Default 1; below zero: what speaks for the class speaks against the target. */
  readonly weight?: number;
}

const refuse = (text: string, reason: string): never => {
  throw new UserError(
    `Cannot read the target "${text}": ${reason}. ${
      option("target")
    } takes a class, a difference ` +
      `(cat - dog), a mean (mean(cat, dog)), or a class of a place (3@12:20, row and column) or of a ` +
      `mask (3@mask.png); names with such signs in them in quotes.`,
    { code: "bad-option", option: "target" },
  );
};

/** Splits a text where a separator stands outside quotes; odd items are the separators. */
function split(text: string, separator: RegExp): string[] {
  const items: string[] = [];
  let item = "", rest = text;
  while (rest) {
    const quoted = /^"[^"]*"/.exec(rest)?.[0], between = separator.exec(rest)?.[0];
    if (!quoted && between) {
      items.push(item, between);
      item = "";
    } else item += quoted ?? rest[0];
    rest = rest.slice((quoted ?? between ?? rest[0]).length);
  }
  return [...items, item];
}

/**
 * Reads a target.
 *
 * @param isClass Whether a text is a class's name as it stands.
 * @throws UserError for a text that is none.
 */
export function parseTarget(text: string, isClass: (text: string) => boolean): TargetTerm[] {
  const whole = text.trim();
  if (isClass(whole)) return [{ class: whole }];
  const mean = /^mean\((.*)\)$/is.exec(whole)?.[1];
  if (mean !== undefined) {
    const items = split(mean, /^,/).filter((_, i) => i % 2 === 0);
    return items.map((item) => {
      const { weight = 1, ...term } = parseTerm(item, text);
      return { ...term, weight: weight / items.length };
    });
  }
  const items = split(whole, /^\s+[+\-−]\s+/);
  return items.filter((_, i) => i % 2 === 0).map((item, i) => {
    const term = parseTerm(item, text), minus = i > 0 && items[2 * i - 1].trim() !== "+";
    return minus ? { ...term, weight: -(term.weight ?? 1) } : term;
  });
}

function parseTerm(item: string, text: string): TargetTerm {
  const [, factor, named] = /^(?:(-?\d*\.?\d+(?:e[+-]?\d+)?)\s*\*)?\s*(.*)$/is.exec(item.trim())!;
  const [name, , ...place] = split(named, /^@/);
  const quoted = /^"(.*)"$/s.exec(name.trim())?.[1];
  const wanted = quoted === undefined ? name.trim() : `=${quoted}`;
  if (!wanted || wanted === "=") refuse(text, "a class is missing in it");
  const where = place.join("").trim().replace(/^"(.*)"$/s, "$1");
  if (place.length && !where) refuse(text, "a place is missing behind the @");
  return {
    class: wanted,
    ...(factor === undefined ? {} : { weight: Number(factor) }),
    ...(where &&
      (/^\d+([:,]\d+)?$/.test(where) ? { at: where.split(/[:,]/).map(Number) } : { mask: where })),
  };
}

/** The file of a mask, where it has one. */
const fileOf = (mask: ClassAt["mask"]): string | undefined =>
  typeof mask === "string"
    ? mask
    : mask && "path" in mask && typeof mask.path === "string"
    ? mask.path
    : undefined;

/** A target's terms as text that reads back as they are; undefined for a mask without a file. */
export function writeTarget(
  terms: readonly TargetTerm[],
  indices: readonly number[],
): string | undefined {
  if (terms.some(({ mask }) => mask && fileOf(mask) === undefined)) return undefined;
  return terms.map(({ weight = 1, at, mask }, i) => {
    const sign = weight < 0 ? " - " : " + ", size = Math.abs(weight);
    const place = at ? `@${at.join(":")}` : mask ? `@"${fileOf(mask)}"` : "";
    const factor = size === 1 ? "" : `${size}*`;
    if (i > 0) return `${sign}${factor}#${indices[i]}${place}`;
    return `${weight < 0 || size !== 1 ? `${weight}*` : ""}#${indices[i]}${place}`;
  }).join("");
}

/** A target in words: `cat − dog`, `cat at row 12, column 20`. */
export function describeTarget(terms: readonly TargetTerm[], names: readonly string[]): string {
  const place = ({ at, mask }: ClassAt) =>
    at
      ? at.length === 2 ? ` at row ${at[0]}, column ${at[1]}` : ` at place ${at[0]}`
      : mask
      ? ` in ${fileOf(mask)?.split(/[\\/]/).at(-1) ?? "a mask"}`
      : "";
  const each = terms.map((term, i) => `${names[i]}${place(term)}`);
  const weights = terms.map(({ weight = 1 }) => weight);
  if (terms.length > 1 && weights.every((w) => w === 1 / terms.length)) {
    return `mean of ${each.slice(0, -1).join(", ")} and ${each.at(-1)}`;
  }
  return each.map((name, i) => {
    const size = Math.abs(weights[i]),
      factor = size === 1 ? "" : `${Number(size.toPrecision(4))} × `;
    if (i === 0) return `${weights[i] < 0 ? "−" : ""}${factor}${name}`;
    return `${weights[i] < 0 ? " − " : " + "}${factor}${name}`;
  }).join("");
}
