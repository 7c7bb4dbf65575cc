/** What is wrong with a value, field by field, in words: how plugins and their results are checked. */
import { quoted } from "../../core/text.ts";

/** One field's rule. */
export interface Rule {
  /** A path such as `paper.url`; empty for the whole. */
  readonly field: string;
  /** What it must be, in words. */
  readonly be: string;
  fits(value: unknown): boolean;
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** What it is instead, in words. */
  found(value: unknown): string;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
export const isText = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "";
export const isFunction = (value: unknown) => typeof value === "function";
export const isFinite = (value: unknown): value is number => Number.isFinite(value);
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;
export const isListOf = (fits: (item: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(fits);

/** A rule; a field that ends in `?` may be left out. */
export const rule = (
  field: string,
  be: string,
  fits: Rule["fits"],
  found: Rule["found"] = named,
): Rule => ({
  field: field.replace(/\?$/, ""),
  be,
  fits,
  optional: field.endsWith("?"),
  found,
});

/** The value at a path; undefined also where there is nothing to have it. */
const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>(
    (whole, name) => isObject(whole) ? whole[name] : undefined,
    value,
  );

/**
 * The faults of a thing by a list of rules, each naming its field, what it is, and what it must be.
 * The parts of what is missing itself are passed over.
 */
export function faultsOf(thing: unknown, rules: readonly Rule[]): string[] {
  const broken: string[] = [], faults: string[] = [];
  for (const { field, be, fits, optional, found } of rules) {
    if (broken.some((whole) => field.startsWith(`${whole}.`))) continue;
    const value = at(thing, field);
    if (optional && value === undefined || fits(value)) continue;
    broken.push(field);
    faults.push(
      value === undefined
        ? `${field} is missing (it must be ${be})`
        : `${field} must be ${be}, not ${found(value)}`,
    );
  }
  return faults;
}

/** A value in a few words. */
function named(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const { constructor: { name }, length, shape } = value as Float32Array & { shape?: unknown };
    const shaped = shape === undefined ? "without a shape" : `with the shape ${quoted(shape)}`;
    return name === "Float32Array" ? `${length} numbers ${shaped}` : `a ${name}`;
  }
  return value === "" ? "empty" : quoted(value);
}
