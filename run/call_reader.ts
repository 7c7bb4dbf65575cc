/** Reading names with arguments from a text: `channel(layer3.1, 12)`, `pad(12, value=reflect)`. */
import { nearestHint, UserError } from "../core/errors.ts";
import { type OptionField, optionFields, parseOptions, readFlag } from "../core/options.ts";
import type { OptionsSchema } from "./technique.ts";

/** So much of the text before a place is shown. */
const SHOWN = 40;

/** What has a name and options. */
export interface Named {
  readonly id: string;
  readonly options: OptionsSchema;
}

/** Things by their names. */
export interface Names<Thing extends Named> {
  readonly noun: string;
  readonly ids: string[];
  has(id: string): boolean;
  get(id: string): Thing;
}

/** Goes through a text, and tells what is wrong in it with its place. */
export class CallReader {
  protected at = 0;
  /** What a name is made of; where nothing is subtracted, hyphens too. */
  protected readonly name: RegExp = /^[a-z_]\w*/i;

  /**
   * Starts at the text's beginning.
   *
   * @param what What the text is, and the option that holds it.
   */
  constructor(
    readonly text: string,
    readonly what: { readonly noun: string; readonly option: string },
  ) {
    if (/[^\P{C}\t]/u.test(text)) {
      throw this.refuse("it has a line break or another sign that cannot be seen", 0);
    }
  }

  /** The message with the place, and with what stands before it. */
  refuse(reason: string, at = this.at): UserError {
    return new UserError(`${this.#refused}${reason}${this.#place(at)}.`, {
      code: "bad-option",
      option: this.what.option,
    });
  }

  get #refused(): string {
    return `Cannot read the ${this.what.noun}: `;
  }

  #place(at: number): string {
    const before = this.text.slice(0, at).trimEnd(), far = before.length > SHOWN;
    return at === 0
      ? ", at its beginning"
      : `, at character ${at + 1}, after "${far ? "…" : ""}${before.slice(-SHOWN)}"`;
  }

  /** Adds the place to what somebody else refuses. */
  protected told<T>(make: () => T, at: number): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof UserError) || error.message.startsWith(this.#refused)) throw error;
      const { code } = error;
      const reason = error.message.replace(/^Cannot run /, "").replace(/\.$/, "");
      throw new UserError(`${this.#refused}${reason}${this.#place(at)}.`, {
        code,
        option: this.what.option,
        cause: error,
      });
    }
  }

  protected get rest(): string {
    return this.text.slice(this.at);
  }

  protected skip(): void {
    this.at += /^\s*/.exec(this.rest)![0].length;
  }

  /** Takes one of these signs, if it comes next. */
  protected take(signs: string): string | undefined {
    this.skip();
    const sign = this.text[this.at];
    if (sign === undefined || !signs.includes(sign)) return undefined;
    this.at++;
    this.skip();
    return sign;
  }

  /** Refuses what is left. */
  protected end(): void {
    this.skip();
    if (this.at < this.text.length) {
      throw this.refuse(`"${this.text.slice(this.at, this.at + 12)}" does not go on from there`);
    }
  }

  /** A name, the thing that it means, and its options; `beside` are arguments that it takes as well. */
  protected call<Thing extends Named>(
    names: Names<Thing>,
    beside: Readonly<Record<string, () => unknown>> = {},
  ): { thing: Thing; options: unknown; others: Record<string, unknown>; from: number } {
    const from = this.at, name = this.name.exec(this.rest)?.[0];
    if (!name) {
      throw this.refuse(
        this.rest === ""
          ? `it ends where the name of ${aOrAn(names.noun)} should stand`
          : `the name of ${aOrAn(names.noun)} should stand here`,
      );
    }
    if (!names.has(name)) {
      throw this.refuse(`there is no ${names.noun} "${name}"; ${nearestHint(name, names.ids)}`);
    }
    this.at += name.length;
    const thing = names.get(name), given = this.#arguments(thing, beside);
    const others = Object.fromEntries(
      Object.entries(given).filter(([name]) => Object.hasOwn(beside, name)),
    );
    for (const other of Object.keys(others)) delete given[other];
    const options = this.told(() => parseOptions(thing.options, given, name), from);
    return { thing, options, others, from };
  }

  /** What stands in the brackets behind a name. */
  #arguments(
    { id, options }: Named,
    beside: Readonly<Record<string, () => unknown>>,
  ): Record<string, unknown> {
    const fields = optionFields(options), given: Record<string, unknown> = {};
    if (!this.take("(")) return given;
    for (let place = 0; !this.take(")");) {
      if (Object.keys(given).length && !this.take(",")) {
        throw this.refuse('a "," or a ")" is missing');
      }
      const at = this.at, named = /^([a-z_][\w-]*)\s*=\s*/i.exec(this.rest);
      if (named) this.at += named[0].length;
      const field = named
        ? fields.find(({ name, flag }) => name === named[1] || flag === named[1])
        : fields[place++];
      const name = field?.name ?? named?.[1] ?? "", other = Object.hasOwn(beside, name);
      if (!field && !other) {
        const takes = [...fields.map(({ name }) => name), ...Object.keys(beside)];
        throw this.refuse(
          named
            ? `${id} has no "${name}"; ${nearestHint(name, takes)}`
            : `${id} takes ${
              fields.length ? fields.map(({ name }) => name).join(", ") : "nothing"
            }`,
          at,
        );
      }
      if (Object.hasOwn(given, name)) throw this.refuse(`"${name}" is given twice`, at);
      given[name] = field ? this.argument(field) : beside[name]();
    }
    return given;
  }

  /** An option's value. */
  protected argument(field: OptionField): unknown {
    const at = this.at;
    if (this.rest.startsWith("[")) return this.#list();
    const quoted = /^"([^"]*)"/.exec(this.rest);
    if (quoted) {
      this.at += quoted[0].length;
      return field.role === "class" ? `=${quoted[1]}` : quoted[1];
    }
    const text = this.plain();
    if (text === "") throw this.refuse(`${field.name} is missing`, at);
    return readFlag(field, text);
  }

  /** Text up to what ends an argument; brackets in a layer's name close. */
  protected plain(): string {
    const from = this.at;
    let open = 0;
    for (; this.at < this.text.length; this.at++) {
      const sign = this.text[this.at];
      if (sign === "(" || sign === "[") open++;
      if (open === 0 && (sign === "," || sign === ")")) break;
      if (sign === ")" || sign === "]") open--;
    }
    return this.text.slice(from, this.at).trim();
  }

  #list(): number[] {
    const at = this.at, inside = /^\[([^\]]*)\]/.exec(this.rest);
    if (!inside) throw this.refuse('a "]" is missing');
    this.at += inside[0].length;
    const numbers = inside[1].split(",").map((text) => text.trim() === "" ? NaN : Number(text));
    if (!numbers.every(Number.isFinite)) throw this.refuse("a list is of numbers, [1, -0.5]", at);
    return numbers;
  }
}

const aOrAn = (noun: string) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
