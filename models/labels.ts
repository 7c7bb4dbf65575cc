/** Files of class names. */
import { z } from "zod";
import { UserError, type UserErrorCode } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { platform } from "../platform/mod.ts";

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

/** Reads class names: a line each, or a JSON list. @throws UserError where the file holds neither. */
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
  if (!text.trimStart().startsWith("[")) return text.trimEnd().split(/\r?\n/);
  try {
    return z.array(z.string()).parse(parseJson(text));
  } catch (error) {
    throw refuse("it begins like a JSON list, but is not a list of texts", "bad-file", error);
  }
}
