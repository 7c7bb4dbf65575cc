/** Sentences as a page says them: options go by their fields' labels. */
import { say } from "../core/say.ts";
import { words } from "../core/text.ts";

/** A sentence, or an error's message, with its options named by their labels. */
export const inLabels = (sentence: string | Error): string =>
  say(sentence, (name, value) => `“${[words(name), value].filter(Boolean).join(": ")}”`);
