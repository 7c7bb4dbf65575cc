/** Attributions as they are named on the command line. */
import { UserError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { type Choice, parseChoices } from "../run/choices.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { techniques } from "../techniques/mod.ts";

/** The attributions of a text, with their options; all of them where there is none. */
export function chosenTechniques(
  text: string | undefined,
): readonly Choice<AttributionTechnique>[] {
  const isAttribution = (choice: Choice<AttributionTechnique>) =>
    choice.thing.kind === "attribution";
  if (text === undefined) {
    return [...techniques].flatMap((thing) =>
      thing.kind === "attribution"
        ? [{ thing, options: parseOptions(thing.options, {}, thing.id) }]
        : []
    );
  }
  const what = { noun: "techniques", option: "techniques" };
  const named = parseChoices(text, techniques, what) as Choice<AttributionTechnique>[];
  const other = named.find((choice) => !isAttribution(choice));
  if (!other) return named;
  throw new UserError(
    `Cannot judge ${other.thing.id}: only attributions can be judged (\`phosphene techniques\` lists ` +
      "them).",
    { code: "bad-option", option: "techniques" },
  );
}
