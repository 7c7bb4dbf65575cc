/** Files of class names. */
import { z } from "zod";
import { UserError, type UserErrorCode } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** Reads class names: a line each, or a JSON list. @throws UserError where the file holds neither. */
export async function readLabels(file: string): Promise<readonly string[]> {
  const refuse = (reason: string, code: UserErrorCode, cause: unknown) =>
    new UserError(`Cannot read the labels "${file}": ${reason}.`, {
      code,
      option: "labels",
      cause,
    });
  const text = await platform.readText(file).catch((error) => {
    throw refuse(platform.reason(error), "no-file", error);
  });
  if (!text.trimStart().startsWith("[")) return text.trimEnd().split(/\r?\n/);
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch (error) {
    throw refuse("it begins like a JSON list, but is not a list of texts", "bad-file", error);
  }
}
