/** Sentences as the command line says them: options are flags, and commands that tell more are named. */
import type { UserError, UserErrorCode } from "../core/errors.ts";
import { type Naming, say } from "../core/say.ts";
import { kebab } from "../core/text.ts";

/** `learningRate` → `--learning-rate`; with a value `--bias spread`; a truth `--force`, `--no-force`. */
const asFlag: Naming = (name, value) => {
  if (value === "false") return `--no-${kebab(name)}`;
  return [`--${kebab(name)}`, ...value === undefined || value === "true" ? [] : [value]].join(" ");
};

/** A sentence with its options as flags. */
export const spoken = (sentence: string): string => say(sentence, asFlag);

/** Commands that tell more of a fault. */
const TELLS: Partial<Record<UserErrorCode, string>> = {
  "no-backend": "`phosphene doctor` tells what works here.",
  "no-network": "`phosphene pull` fetches them beforehand.",
};

/** An error's message with its options as flags, and the command that tells more, if there is one. */
export const told = ({ message, code, option }: UserError): string => {
  // nothing is fetched from a queue beforehand
  const more = option === "queue" ? undefined : TELLS[code];
  return [spoken(message), more].filter(Boolean).join(" ");
};
