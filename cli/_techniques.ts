/** Attributions as they are named on the command line. */
import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { namesIn, parseOptions } from "../core/options.ts";
import { type Choice, parseChoices } from "../run/choices.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { techniques } from "../techniques/mod.ts";
import { type Choosing, MOST_STEPS } from "./_explain_all.ts";

/** Every attribution, instead of names. */
const ALL = "all";

/** Attributions with their options, and how they came to be chosen. */
export interface ChosenTechniques {
  readonly choosing: Choosing;
  readonly choices: readonly Choice<AttributionTechnique>[];
}

/** The flag that names them. @param verb What is done with them. */
export const techniquesOption = (verb: string) =>
  z.string().min(1).optional().describe(
    `Attributions to ${verb}, by id, with options where wanted: grad-cam(layer=layer3), saliency; default: ` +
      `those of at most ${MOST_STEPS} steps; all: all of them`,
  );

/** Every attribution there is, with its defaults. */
const every = () =>
  [...techniques].flatMap((thing) =>
    thing.kind === "attribution"
      ? [{ thing, options: parseOptions(thing.options, {}, thing.id) }]
      : []
  );

/**
 * The attributions of a text, with their options; every one where it is `all` or there is none.
 *
 * @param verb What is to be done with them, for messages: `judge`.
 * @throws UserError for another technique.
 */
export function chosenTechniques(text: string | undefined, verb: string): ChosenTechniques {
  if (text === undefined) return { choosing: "few steps", choices: every() };
  if (text.trim() === ALL) return { choosing: "all", choices: every() };
  const what = { noun: "techniques", option: "techniques" };
  const choices =
    (text.includes("(") ? parseChoices(text, techniques, what) : namesIn(text).map((id) => {
      const thing = techniques.get(id);
      return { thing, options: parseOptions(thing.options, {}, id) };
    })) as Choice<AttributionTechnique>[];
  const other = choices.find(({ thing }) => thing.kind !== "attribution");
  if (!other) return { choosing: "named", choices };
  throw new UserError(
    `Cannot ${verb} ${other.thing.id}: only attributions can be ${verb}d (\`phosphene techniques\` lists ` +
      "them).",
    { code: "bad-option", option: "techniques" },
  );
}
