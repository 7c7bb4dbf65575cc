/**
 * Objectives as text: `channel(layer3.1, 12) + 0.5*channel(layer3.1, 40) - 1e-3*tv`. The grammar:
 *
 *     sum      = ["-"] product { ("+" | "-") product }
 *     product  = factor { ("*" | "/") factor }
 *     factor   = number | "(" sum ")" | "-" factor | name [ "(" argument { "," argument } ")" ]
 *     argument = [ name "=" ] ( "quoted" | "[" number { "," number } "]" | sum | any other text )
 *
 * One side of a product is a number; what divides is one.
 */
import { nearestHint, UserError } from "../core/errors.ts";
import { optionFields, parseOptions, readFlag } from "../core/options.ts";
import type { OptionField } from "../core/options.ts";
import { type Objective, scaled, sumOf } from "../engine/objectives.ts";
import type { Model } from "../run/model.ts";
import { type ObjectiveMaker, objectives } from "../run/objective.ts";
import { memberOf } from "./_members.ts";

/** One objective of a sum. */
export interface ObjectiveTerm {
  /** What it counts; below zero, it is held down. */
  readonly weight: number;
  /** As it was written. */
  readonly text: string;
  readonly objective: Objective;
}

/** A sum of weighed objectives; as an objective, it is the sum. */
export interface ParsedObjective extends Objective {
  /** The text that it was read from. */
  readonly text: string;
  readonly terms: readonly ObjectiveTerm[];
}

/** A number, or a sum of weighed objectives. */
type Value = number | readonly ObjectiveTerm[];

/** The argument that every objective takes beside its own. */
const BATCH = "batch";
const DEPTH = 64;
const REFUSED = "Cannot read the objective: ";
/** So much of the text before a place is shown. */
const SHOWN = 40;
const NAME = /^[a-z_]\w*/i, NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i;

/**
 * Reads an objective for a model.
 *
 * @param text Such as `channel(layer3.1, 12) - 1e-3*tv`; `objectives` lists the names.
 * @throws UserError that points at the place where the text is wrong, and for a layer, channel or class
 * that the model does not have.
 * @example
 * ```ts
 * const objective = parseObjective("0.5*channel(layer3, 4) + logit(cat)", model);
 * const { value, gradients } = await model.network.gradient(pixels, objective);
 * ```
 */
export function parseObjective(text: string, model: Model): ParsedObjective {
  const reader = new Reader(text, model), value = reader.all();
  if (typeof value === "number") throw reader.refuse("it is a number: no objective is in it", 0);
  return combined(value, text.trim());
}

/** The sum of terms as an objective. */
export function combined(terms: readonly ObjectiveTerm[], text: string): ParsedObjective {
  const sum = sumOf(...terms.map(({ weight, objective }) => scaled(objective, weight)));
  return { ...sum, text, terms };
}

class Reader {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string, readonly model: Model) {}

  /** The message with the place, and with what stands before it. */
  refuse(reason: string, at = this.#at): UserError {
    return new UserError(`${REFUSED}${reason}${this.#place(at)}.`, {
      code: "bad-option",
      option: "objective",
    });
  }

  #place(at: number): string {
    const before = this.text.slice(0, at).trimEnd(), far = before.length > SHOWN;
    return at === 0
      ? ", at its beginning"
      : `, at character ${at + 1}, after "${far ? "…" : ""}${before.slice(-SHOWN)}"`;
  }

  all(): Value {
    if (/[^\P{C}\t]/u.test(this.text)) {
      throw this.refuse("it has a line break or another sign that cannot be seen", 0);
    }
    const value = this.#sum();
    if (this.#at < this.text.length) {
      throw this.refuse(`"${this.text.slice(this.#at, this.#at + 12)}" does not go on from there`);
    }
    return value;
  }

  get #rest(): string {
    return this.text.slice(this.#at);
  }

  #skip(): void {
    this.#at += /^\s*/.exec(this.#rest)![0].length;
  }

  /** Takes one of these signs, if it comes next. */
  #take(signs: string): string | undefined {
    this.#skip();
    const sign = this.text[this.#at];
    if (sign === undefined || !signs.includes(sign)) return undefined;
    this.#at++;
    this.#skip();
    return sign;
  }

  #sum(): Value {
    if (++this.#depth > DEPTH) throw this.refuse(`more than ${DEPTH} brackets are open`);
    let sum = this.#product();
    for (;;) {
      const at = this.#at, sign = this.#take("+-−");
      if (!sign) break;
      const next = this.#product(), signed = sign === "+" ? next : times(next, -1);
      if (typeof sum === "number" && typeof signed === "number") sum += signed;
      else if (typeof sum === "number" || typeof signed === "number") {
        throw this.refuse("a number alone moves no image: only objectives add up", at);
      } else sum = [...sum, ...signed];
    }
    this.#depth--;
    return sum;
  }

  #product(): Value {
    let product = this.#factor();
    for (;;) {
      const at = this.#at, sign = this.#take("*/×");
      if (!sign) return product;
      const next = this.#factor();
      if (sign === "/" && typeof next !== "number") throw this.refuse("only a number divides", at);
      const by = sign === "/" ? 1 / (next as number) : next;
      if (by === Infinity) throw this.refuse("it is divided by zero", at);
      if (typeof by === "number") product = times(product, by);
      else if (typeof product === "number") product = times(by, product);
      else throw this.refuse("objectives add up; one of the two here has to be a number", at);
    }
  }

  #factor(): Value {
    this.#skip();
    if (this.#take("-−")) return times(this.#nested(() => this.#factor()), -1);
    if (this.#take("(")) {
      const inner = this.#sum();
      if (!this.#take(")")) throw this.refuse('a ")" is missing');
      return inner;
    }
    const number = NUMBER.exec(this.#rest)?.[0];
    if (number) {
      this.#at += number.length;
      return Number(number);
    }
    return this.#call();
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH) throw this.refuse(`more than ${DEPTH} signs follow each other`);
    const result = read();
    this.#depth--;
    return result;
  }

  #call(): ObjectiveTerm[] {
    const from = this.#at, name = NAME.exec(this.#rest)?.[0];
    if (!name) {
      throw this.refuse(
        this.#rest === "" ? "it ends where an objective should stand" : "no objective begins so",
      );
    }
    if (!objectives.has(name)) {
      throw this.refuse(
        `there is no objective "${name}"; ${nearestHint(name, objectives.ids)}`,
      );
    }
    this.#at += name.length;
    const maker = objectives.get(name), { batch, ...given } = this.#arguments(maker);
    const text = this.text.slice(from, this.#at).trim();
    const options = this.#told(
      () => parseOptions(maker.options, given as Record<string, unknown>, name),
      from,
    );
    const made = this.#told(() => maker.make(options, { model: this.model }), from);
    return [{ weight: 1, text, objective: batch === undefined ? made : memberOf(made, batch) }];
  }

  /** Adds the place to what somebody else refuses. */
  #told<T>(make: () => T, at: number): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof UserError) || error.message.startsWith(REFUSED)) throw error;
      const { code, option = "objective" } = error;
      const reason = error.message.replace(/^Cannot run /, "").replace(/\.$/, "");
      throw new UserError(`${REFUSED}${reason}${this.#place(at)}.`, {
        code,
        option,
        cause: error,
      });
    }
  }

  /** What stands in the brackets behind a name, by the names of the objective's options. */
  #arguments(maker: ObjectiveMaker): { batch?: number } & Record<string, unknown> {
    const fields = optionFields(maker.options), given: Record<string, unknown> = {};
    if (!this.#take("(")) return given;
    for (let place = 0; !this.#take(")");) {
      if (Object.keys(given).length && !this.#take(",")) {
        throw this.refuse('a "," or a ")" is missing');
      }
      const at = this.#at, named = /^([a-z_]\w*)\s*=\s*/i.exec(this.#rest);
      if (named) this.#at += named[0].length;
      const field = named ? fields.find(({ name }) => name === named[1]) : fields[place++];
      const name = named?.[1] ?? field?.name;
      if (!field && name !== BATCH) {
        const takes = [...fields.map(({ name }) => name), BATCH];
        throw this.refuse(
          named
            ? `${maker.id} has no "${name}"; ${nearestHint(name!, takes)}`
            : `${maker.id} takes ${fields.length ? fields.map((f) => f.name).join(", ") : "none"}`,
          at,
        );
      }
      if (Object.hasOwn(given, name!)) throw this.refuse(`"${name}" is given twice`, at);
      given[name!] = field ? this.#argument(field) : this.#batchNumber();
    }
    return given;
  }

  #batchNumber(): number {
    const at = this.#at, text = this.#plain().trim();
    if (!/^\d+$/.test(text)) throw this.refuse("batch is the number of an image, from 0", at);
    return Number(text);
  }

  #argument(field: OptionField): unknown {
    const at = this.#at;
    if (field.role === "objective") {
      const value = this.#sum();
      if (typeof value === "number") throw this.refuse("an objective should stand here", at);
      return combined(value, this.text.slice(at, this.#at).trim());
    }
    if (this.#rest.startsWith("[")) return this.#list();
    const quoted = /^"([^"]*)"/.exec(this.#rest);
    if (quoted) {
      this.#at += quoted[0].length;
      return field.role === "class" ? `=${quoted[1]}` : quoted[1];
    }
    const text = this.#plain().trim();
    if (text === "") throw this.refuse(`${field.name} is missing`, at);
    return readFlag(field, text);
  }

  /** Text up to what ends an argument; brackets in a layer's name close. */
  #plain(): string {
    const from = this.#at;
    let open = 0;
    for (; this.#at < this.text.length; this.#at++) {
      const sign = this.text[this.#at];
      if (sign === "(" || sign === "[") open++;
      if (open === 0 && (sign === "," || sign === ")")) break;
      if (sign === ")" || sign === "]") open--;
    }
    return this.text.slice(from, this.#at);
  }

  #list(): number[] {
    const at = this.#at, inside = /^\[([^\]]*)\]/.exec(this.#rest);
    if (!inside) throw this.refuse('a "]" is missing');
    this.#at += inside[0].length;
    const numbers = inside[1].split(",").map((text) => text.trim() === "" ? NaN : Number(text));
    if (!numbers.every(Number.isFinite)) throw this.refuse("a list is of numbers, [1, -0.5]", at);
    return numbers;
  }
}

const times = (value: Value, by: number): Value =>
  typeof value === "number"
    ? value * by
    : value.map((term) => ({ ...term, weight: term.weight * by }));
