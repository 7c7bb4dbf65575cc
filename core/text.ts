/** Numbers and names as people read them. */

/** `99.87 %`; never 0 % or 100 % where it is not; `null` is a number that is not finite. */
export function percent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return "not finite";
  if (share > 0 && share < 0.0001) return "< 0.01 %";
  if (share < 1 && share > 0.9999) return "> 99.99 %";
  return `${(share * 100).toFixed(2)} %`;
}

/** `conservationGap` → `conservation gap` */
export const words = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** `learningRate` → `learning-rate` */
export const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Longest value that a message repeats. */
const MOST_LETTERS = 60;

/** A value as a message repeats it: `12`, `"many"`, `[1,2]`; cut off where it is long. */
export function quoted(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === "number" || typeof value === "bigint"
      ? String(value)
      : JSON.stringify(value);
  } catch {
    // a circle
  }
  text ??= typeof value === "function" ? "a function" : String(value);
  return text.length > MOST_LETTERS
    ? `${text.slice(0, MOST_LETTERS)}…${text.startsWith('"') ? '"' : ""}`
    : text;
}

/** `a`, `a or b`, `a, b or c` */
export const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
