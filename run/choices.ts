/** Techniques, metrics, … with their options, as a text: `deletion(steps=50, baseline=blur), road`. */
import { optionFields } from "../core/options.ts";
import { CallReader, type Named, type Names } from "./call_reader.ts";

/** A thing with every option, defaults included. */
export interface Choice<Thing extends Named> {
  readonly thing: Thing;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A value as it is written in such a text. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  return typeof value === "string" && /[\s(),"]/.test(value) ? JSON.stringify(value) : `${value}`;
}

/**
 * The options of a thing that are not as by default, as they are written; nothing where all are.
 *
 * @param schema The thing's; without it, all are told.
 * @example
 * ```ts
 * optionsText(deletion.options, { steps: 50, baseline: "zero" }); // "steps=50"
 * ```
 */
export function optionsText(
  schema: Named["options"] | undefined,
  options: Readonly<Record<string, unknown>>,
): string {
  const usual = new Map(
    (schema ? optionFields(schema) : []).map(({ name, default: value }) =>
      [name, JSON.stringify(value)] as const
    ),
  );
  return Object.entries(options)
    .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== usual.get(name))
    .map(([name, value]) => `${name}=${written(value)}`).join(", ");
}

/** A name with options, where there are any: `grad-cam(layer=layer3)`. */
export const called = (name: string, options: string): string =>
  options ? `${name}(${options})` : name;

class ChoiceReader extends CallReader {
  protected override readonly name = /^[a-z_][\w-]*/i;

  all<Thing extends Named>(names: Names<Thing>): Choice<Thing>[] {
    const choices: Choice<Thing>[] = [];
    do {
      this.skip();
      const { thing, options } = this.call(names);
      choices.push({ thing, options: options as Choice<Thing>["options"] });
    } while (this.take(","));
    this.end();
    return choices;
  }
}

/**
 * Reads names with their options, separated by commas.
 *
 * @param what What the text lists, and the option that holds it: for messages.
 * @throws UserError that points at the place where the text is wrong.
 */
export const parseChoices = <Thing extends Named>(
  text: string,
  names: Names<Thing>,
  what: { readonly noun: string; readonly option: string },
): Choice<Thing>[] => new ChoiceReader(text, what).all(names);
