/** Numbers and names as people read them. */

/**
 * `99.87 %`; never 0 % or 100 % where it is not; `null` is a number that is not finite.
 *
 * @param digits Behind the point.
 */
export function percent(share: number | null, digits = 2): string {
  if (share === null || !Number.isFinite(share)) return "not finite";
  const least = 10 ** -(digits + 2), written = (n: number) => `${(n * 100).toFixed(digits)} %`;
  if (share > 0 && share < least) return `< ${written(least)}`;
  if (share < 1 && share > 1 - least) return `> ${written(1 - least)}`;
  return written(share);
}

/** Three digits behind the point, or as many as a small number needs: `2.310`, `-0.0412`. */
export const score = (n: number | null): string =>
  n === null || !Number.isFinite(n)
    ? "not finite"
    : n !== 0 && Math.abs(n) < 0.1
    ? String(Number(n.toPrecision(3)))
    : n.toFixed(3);

/** How sure: the probability in per cent, or the score of what has none. */
export const certainty = (
  { probability, logit }: { readonly probability?: number | null; readonly logit: number | null },
): string => probability === undefined ? `score ${score(logit)}` : percent(probability);

/** `conservationGap` → `conservation gap` */
export const words = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** `learningRate` → `learning-rate` */
export const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Longest value that a message repeats. */
const MOST_LETTERS = 60;
/** Lists within lists that a message repeats. */
const DEEPEST = 4;

/**
 * A value as a message repeats it: `12`, `"many"`, `[1,2]`; cut off where it is long or deep. Asks
 * nothing of the value: whoever wrote it may have given it a `toString` that is none.
 */
export function quoted(value: unknown): string {
  const text = written(value, MOST_LETTERS, 0);
  return text.length > MOST_LETTERS
    ? `${text.slice(0, MOST_LETTERS)}…${typeof value === "string" ? '"' : ""}`
    : text;
}

/** The beginning of a value, of so many letters or some more. */
function written(value: unknown, room: number, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MOST_LETTERS + 1));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (depth === DEEPEST || room <= 0) return "…";
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  let text = isList ? "[" : "{", first = true;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (text.length > room) break;
    const item = written((value as Record<string, unknown>)[key], room - text.length, depth + 1);
    text += `${first ? "" : ","}${isList ? "" : `${written(key, room, depth)}:`}${item}`;
    first = false;
  }
  return text + (isList ? "]" : "}");
}

/** `a`, `a or b`, `a, b or c` */
export const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
