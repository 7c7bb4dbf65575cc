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
import type { OptionField } from "../core/options.ts";
import { type Objective, scaled, sumOf } from "../engine/objectives.ts";
import type { Model } from "../run/model.ts";
import { type ObjectiveMaker, objectives } from "../run/objective.ts";
import { memberOf } from "./_members.ts";
import { CallReader } from "../run/call_reader.ts";

/** One objective of a sum. */
export interface ObjectiveTerm {
  /** What it counts; below zero, it is held down. */
  readonly weight: number;
  /** As it was written. */
  readonly text: string;
  /** What it says of an image. */
  readonly objective: Objective;
  /** The objectives by name that it is made of. */
  readonly uses: readonly ObjectiveMaker[];
}

/** A sum of weighed objectives; as an objective, it is the sum. */
export interface ParsedObjective extends Objective {
  /** The text that it was read from. */
  readonly text: string;
  /** What it adds up. */
  readonly terms: readonly ObjectiveTerm[];
  /** The objectives by name that it is made of. */
  readonly uses: readonly ObjectiveMaker[];
}

/** A number, or a sum of weighed objectives. */
type Value = number | readonly ObjectiveTerm[];

const DEPTH = 64;
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i;

/**
 * Reads an objective for a model.
 *
 * @param text Such as `channel(layer3.1, 12) - 1e-3*tv`; `objectives` lists the names.
 * @throws UserError that points at the place where the text is wrong, and for a layer, channel or class
 * that the model does not have.
 * @example
 * ```ts
 * const { input } = preprocess(image, model.preprocess);
 * const pixels = tf.tensor4d(input, [1, ...input.shape] as [number, number, number, number]);
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
  return { ...sum, text, terms, uses: [...new Set(terms.flatMap(({ uses }) => uses))] };
}

class Reader extends CallReader {
  #depth = 0;

  constructor(text: string, readonly model: Model) {
    super(text, { noun: "objective", option: "objective" });
  }

  all(): Value {
    this.skip();
    const value = this.#sum();
    this.end();
    const weights = typeof value === "number" ? [value] : value.map(({ weight }) => weight);
    if (!weights.every(Number.isFinite)) throw this.refuse("a number in it becomes too large", 0);
    return value;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH) throw this.refuse(`it is nested more than ${DEPTH} times`);
    const result = read();
    this.#depth--;
    return result;
  }

  #sum(): Value {
    return this.#nested(() => {
      let sum = this.#product();
      for (;;) {
        const at = this.at, sign = this.take("+-−");
        if (!sign) return sum;
        const next = this.#product(), signed = sign === "+" ? next : times(next, -1);
        if (typeof sum === "number" && typeof signed === "number") sum += signed;
        else if (typeof sum === "number" || typeof signed === "number") {
          throw this.refuse("a number alone moves no image: only objectives add up", at);
        } else sum = [...sum, ...signed];
      }
    });
  }

  #product(): Value {
    let product = this.#factor();
    for (;;) {
      const at = this.at, sign = this.take("*/×");
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
    this.skip();
    const at = this.at;
    if (this.take("-−")) return times(this.#nested(() => this.#factor()), -1);
    if (this.take("(")) {
      const inner = this.#sum();
      if (!this.take(")")) throw this.refuse('a ")" is missing');
      return inner;
    }
    const number = NUMBER.exec(this.rest)?.[0];
    if (number === undefined) return this.#term();
    this.at += number.length;
    if (!Number.isFinite(Number(number))) throw this.refuse(`${number} is too large`, at);
    return Number(number);
  }

  #term(): ObjectiveTerm[] {
    const batch = () => {
      const at = this.at, text = this.plain();
      if (!/^\d+$/.test(text)) throw this.refuse("batch is the number of an image, from 0", at);
      return Number(text);
    };
    const { thing, options, others, from } = this.call(objectives, { batch });
    const made = this.told(() => thing.make(options, { model: this.model }), from);
    const objective = others.batch === undefined ? made : memberOf(made, Number(others.batch));
    const inner = Object.values(options as object).flatMap((option) =>
      (option as Partial<ParsedObjective> | undefined)?.uses ?? []
    );
    const text = this.text.slice(from, this.at).trim();
    return [{ weight: 1, text, objective, uses: [thing, ...inner] }];
  }

  protected override argument(field: OptionField): unknown {
    if (field.role !== "objective") return super.argument(field);
    const at = this.at, value = this.#sum();
    if (typeof value === "number") throw this.refuse("an objective should stand here", at);
    return combined(value, this.text.slice(at, this.at).trim());
  }
}

const times = (value: Value, by: number): Value =>
  typeof value === "number"
    ? value * by
    : value.map((term) => ({ ...term, weight: term.weight * by }));
