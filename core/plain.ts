/**
 * Text as text: a file's names, labels and a plugin's messages may hold characters that steer a
 * terminal (colours, the cursor, the window's title) or turn a line's direction around.
 */

/** Control characters but tab and line feed, ends of lines that only some know, and overrides of direction. */
const STEERING = /(?![\t\n])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * The text with whatever steers a terminal written out, as JSON writes it; what was JSON before
 * still is, and means the same.
 *
 * @example
 * ```ts
 * plain("\x1b[2Jcat"); // "\\u001b[2Jcat"
 * ```
 */
export const plain = (text: string): string => text.replace(STEERING, escaped);

/** A text without its middle, where it is too long. */
const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most * 0.75)} … ${text.slice(-most * 0.25)}` : text;

/** {@link plain}, in one line of a bearable length: what is too long loses its middle. */
export const oneLine = (text: string, most = 2000): string =>
  // cut before it is searched, as it may be a file's whole content; what is written out is longer
  cut(plain(cut(text, most).replace(/\s*[\t\n]\s*/g, " ")), most);
