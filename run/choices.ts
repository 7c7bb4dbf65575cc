/** Techniques, metrics, … with their options, as a text: `deletion(steps=50, baseline=blur), road`. */
import { CallReader, type Named, type Names } from "./call_reader.ts";

/** A thing with every option, defaults included. */
export interface Choice<Thing extends Named> {
  readonly thing: Thing;
  readonly options: Readonly<Record<string, unknown>>;
}

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
