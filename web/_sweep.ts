/** A sweep: one field of a form with several values, one after another. */
import { UserError } from "../core/errors.ts";
import { type OptionField, optionFields } from "../core/options.ts";
import { option } from "../core/say.ts";
import { words } from "../core/text.ts";
import type { Technique } from "../run/technique.ts";
import { type Fields, optionName } from "./_fields.ts";

/** A form as it would be with one of the values. */
export interface Variant {
  readonly fields: Fields;
  /** `steps 10`; empty where there is nothing to tell apart. */
  readonly label: string;
}

/** The options that can be swept: all that hold more than yes or no. */
export const sweepable = (technique: Technique): readonly OptionField[] =>
  optionFields(technique.options).filter(({ type }) => type !== "boolean");

/** The values in a text: separated by semicolons, or, where there is none, by commas. */
const valuesIn = (text: string) =>
  text.split(text.includes(";") ? ";" : ",").map((value) => value.trim()).filter(Boolean);

const fault = (message: string) => new UserError(message, { code: "bad-option", option: "values" });

/**
 * A form for each value of its sweep; the form itself where it asks for none.
 *
 * @throws UserError where values have no option, or an option no values.
 */
export function variantsOf(fields: Fields, technique: Technique): readonly Variant[] {
  const swept = fields.get("sweep") ?? "", values = valuesIn(fields.get("values") ?? "");
  if (!swept && values.length === 0) return [{ fields, label: "" }];
  if (!swept) throw fault(`Choose the option whose ${option("values")} these are.`);
  const known = swept === "seed" || sweepable(technique).some(({ name }) => name === swept);
  if (!known) throw fault(`${technique.title} has no option “${swept}” to sweep.`);
  if (values.length === 0) {
    throw fault(`Give the ${option("values")} of ${option(swept)}, such as 5, 10, 20.`);
  }
  const name = swept === "seed" ? swept : optionName(swept);
  return [...new Set(values)].map((value) => ({
    fields: new Map(fields).set(name, value),
    label: `${words(swept)} ${value}`,
  }));
}
