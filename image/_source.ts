/** Where a picture is read from: a path, or the URL of a file. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** The largest file that is read: 512 MiB. */
const MAX_BYTES = 2 ** 29;

const refuse = (source: unknown, reason: string, cause?: unknown) =>
  new UserError(`Cannot read picture "${source}": ${reason}.`, { code: "no-file", cause });

/**
 * The path, or the URL with a path that can be decoded, that is meant.
 *
 * @throws UserError where it is neither.
 */
export function fileOf(source: string | URL): string | URL {
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new UserError(
      `Cannot read a picture from ${nameOfValue(source)}: a path or a file's URL is needed; ` +
        "`decodeImage` takes bytes.",
    );
  }
  if (source === "") throw refuse(source, "a picture needs a path that is not empty");
  const text = String(source);
  if (/^(https?|data|blob):/i.test(text)) {
    throw refuse(shortened(text), "only files are read; save it as a file and give its path");
  }
  if (!/^file:/i.test(text)) {
    if (typeof source === "string") return source;
    throw refuse(text, "only the URL of a file can be read, one that begins with file:");
  }
  try {
    const url = new URL(text);
    decodeURIComponent(url.pathname);
    return url;
  } catch (cause) {
    const reason = "its URL is malformed; a % in a name is written %25 there, or give the path";
    throw refuse(shortened(text), reason, cause);
  }
}

const shortened = (text: string) => text.length > 100 ? `${text.slice(0, 100)}…` : text;

/** What a value is, for a message: "undefined", "a number", "an ArrayBuffer". */
export function nameOfValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  const name = typeof value === "object" ? value.constructor?.name || "object" : typeof value;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/**
 * Reads a picture's file whole.
 *
 * @throws UserError where it cannot be read or is too large.
 */
export async function readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { kind, bytes } = await platform.stat(path);
    if (kind !== "file") throw refuse(path, "it is a folder or a device, not a file");
    if (bytes > MAX_BYTES) {
      throw refuse(path, `it has ${bytes} bytes, and the limit is ${MAX_BYTES}`);
    }
    return await platform.readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refuse(path, platform.reason(error), error);
  }
}
