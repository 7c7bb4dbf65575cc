/** Names of classes, in the forms in which they come. */
import { UserError, type UserErrorCode } from "../core/errors.ts";
import { isObject, parseJson } from "../core/json.ts";
import { quoted } from "../core/text.ts";
import { platform } from "../platform/mod.ts";

/** Numbers from 0 on, each once. */
const areNumbers = (numbers: readonly number[]) =>
  numbers.length > 0 && new Set(numbers).size === numbers.length &&
  numbers.every((n) => Number.isInteger(n) && n >= 0 && n < numbers.length);

/**
 * Names in JSON: `["cat", …]`; by number, `{"0": "cat", …}`, where a name may be a list whose last is
 * meant, as in Keras's `{"0": ["n02123045", "cat"], …}`; or numbers by name, `{"cat": 0, …}`.
 */
function fromJson(json: unknown): string[] | undefined {
  let listed: unknown[] = [];
  if (Array.isArray(json)) listed = json;
  else if (isObject(json)) {
    const names = Object.keys(json), numbers = Object.values(json).map(Number);
    if (areNumbers(names.map(Number))) listed = names.map((_, i) => json[i]);
    else if (areNumbers(numbers)) {
      for (const [i, name] of names.entries()) listed[numbers[i]] = name;
    }
  }
  const labels = listed.map((label) => (Array.isArray(label) ? label.at(-1) : label));
  return labels.length && labels.every((l) => typeof l === "string") ? labels : undefined;
}

/**
 * Names a line each. Numbers in order before all of them (`0 cat`, `1 dog`), as Teachable Machine
 * writes them, and WordNet's ids (`n01440764 tench, Tinca tinca`) are left out.
 */
function fromLines(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n|\r/).map((line) => line.trim());
  const parts = lines.map((line) => /^(\d+)[:.,)]?\s+(\S.*)$/.exec(line));
  if (parts.every((part, i) => part && Number(part[1]) === i)) return parts.map((part) => part![2]);
  const synsets = lines.map((line) => /^n\d{8}[:,]?\s+(\S.*)$/.exec(line));
  return synsets.every(Boolean) ? synsets.map((part) => part![1]) : lines;
}

/**
 * The names of classes in a text: a JSON list, a JSON object from number to name or from name to
 * number, or lines.
 *
 * @throws Error with the end of a sentence that says what was read, where it is none of these.
 */
export function parseLabels(text: string): readonly string[] {
  const plain = text.replace(/^\uFEFF/, "");
  if (!plain.trim()) throw new Error("it is empty");
  if (plain.includes("\0")) throw new Error("it is no text");
  if (!/^\s*[[{]/.test(plain)) return fromLines(plain);
  let json: unknown;
  try {
    json = parseJson(plain);
  } catch (cause) {
    throw new Error(`it begins like JSON, but ${(cause as Error).message}`, { cause });
  }
  const labels = fromJson(json);
  if (labels) return labels;
  throw new Error(
    `it holds ${quoted(json)}; a list of names, or an object from number to name or from name to ` +
      `number, is understood`,
  );
}

/** Room for the names of 100 000 classes. */
const MAX_BYTES = 2 ** 22;

/** The text of a file of class names. @throws UserError, a reason, where it cannot be one. */
export async function labelsText(file: string): Promise<string> {
  const { kind, bytes } = await platform.stat(file);
  if (kind === "other") throw new UserError("it is not a plain file");
  if (bytes > MAX_BYTES) {
    throw new UserError(`it has ${bytes} bytes, at most ${MAX_BYTES} are read`);
  }
  return await platform.readText(file);
}

/** Reads class names from a file; see {@link parseLabels}. @throws UserError where it holds none. */
export async function readLabels(file: string): Promise<readonly string[]> {
  const refuse = (reason: string, code: UserErrorCode, cause: unknown) =>
    new UserError(`Cannot read the labels "${file}": ${reason}.`, {
      code,
      option: "labels",
      cause,
    });
  const text = await labelsText(file).catch((error) => {
    throw refuse(platform.reason(error), "no-file", error);
  });
  try {
    return parseLabels(text);
  } catch (error) {
    throw refuse((error as Error).message, "bad-file", error);
  }
}
