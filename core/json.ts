/** JSON that anybody may have written: refused where it is nested deeper than anything of ours. */

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Deeper than any topology or manifest; what walks a value may call itself so often. */
const DEEPEST = 100;

/**
 * Reads JSON.
 *
 * @param deepest how many lists and objects may lie within each other
 * @throws SyntaxError where it is none, or is nested deeper.
 */
export function parseJson(text: string, deepest = DEEPEST): unknown {
  if (isDeeper(text, deepest)) {
    throw new SyntaxError(`it is nested more than ${deepest} deep`);
  }
  return JSON.parse(text);
}

const QUOTE = 34, BACKSLASH = 92, OPEN = [91, 123], CLOSE = [93, 125];

/** Whether brackets outside of quotes open so often before they close: known before any is built. */
function isDeeper(text: string, deepest: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) {
        if (text.charCodeAt(i) === BACKSLASH) i++;
      }
    } else if (code === OPEN[0] || code === OPEN[1]) {
      if (++depth > deepest) return true;
    } else if (code === CLOSE[0] || code === CLOSE[1]) depth--;
  }
  return false;
}

/** Whether JSON is an object, not a list. */
export const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json);
