/** What a technique and a model adapter must have to be used. */
import { z } from "../../deps/zod.ts";
import { quoted } from "../../core/text.ts";
import { optionFields } from "../../core/options.ts";
import {
  faultsOf,
  isCount,
  isFunction,
  isListOf,
  isObject,
  isText,
  type Rule,
  rule,
} from "./_faults.ts";

/** Names of commands, files and pages are made of it. */
const isId = (value: unknown) =>
  typeof value === "string" && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value);
const isLine = (value: unknown) => isText(value) && !value.includes("\n");
const isAddress = (value: unknown) => isText(value) && URL.canParse(value);
const oneOf = (...known: string[]) => (value: unknown) => known.includes(value as string);

const TECHNIQUE: readonly Rule[] = [
  rule("id", 'a name in kebab case such as "my-technique"', isId),
  rule("kind", '"attribution" or "visualization"', oneOf("attribution", "visualization")),
  rule("title", "a line of text", isLine),
  rule("summary", "a line of text", isLine),
  rule("caution", "a text", isText),
  rule("paper", "{ citation, url, equation }", isObject),
  rule("paper.citation", "a text", isText),
  rule("paper.url", "an address", isAddress),
  rule("paper.equation", "a text", isText),
  rule("options", "a z.object of zod 4", (value) => value instanceof z.ZodObject),
  rule("run", "an async generator function", isFunction),
];

const VISUALIZATION = rule(
  "picture",
  '"required", "optional" or "none"',
  oneOf("required", "optional", "none"),
);

const ADAPTER: readonly Rule[] = [
  rule("id", 'a name in kebab case such as "my-models"', isId),
  rule("title", "a line of text", isLine),
  rule("licence", "a text", isText),
  rule("source", "a text", isText),
  rule("models", "a list of ids", isListOf(isText)),
  rule(
    "namesOutputs",
    "true, false, or left out",
    (value) => value === undefined || typeof value === "boolean",
  ),
  rule("accepts", "a function", isFunction),
  rule(
    "recognizes",
    "a function, or left out",
    (value) => value === undefined || isFunction(value),
  ),
  rule("architecture", "a function", isFunction),
  rule("load", "a function", isFunction),
];

const isSize = (value: unknown) => isObject(value) && isCount(value.width) && isCount(value.height);

const ARCHITECTURE: readonly Rule[] = [
  rule("graph", "a Graph", (value) => isObject(value) && Array.isArray(value.nodes)),
  rule("preprocess", "a Preprocess", isObject),
  rule("inputSize", "{ width, height } in pixels", isSize),
];

const MODEL: readonly Rule[] = [
  rule("id", "a text", isText),
  rule("title", "a text", isText),
  rule("network", "a Network", (value) => isObject(value) && isObject(value.graph)),
  rule("preprocess", "a Preprocess", isObject),
  rule("inputSize", "{ width, height } in pixels", isSize),
  rule("labels", "a list of texts", isListOf((label) => typeof label === "string")),
  rule("weights", "{ sha256, source }", isObject),
  rule("weights.sha256", "a text", isText),
  rule("weights.source", "a text", isText),
];

/** What is wrong with a loaded model of a plugin. */
export const modelFaults = (model: unknown): string[] => faultsOf(model, MODEL);
/** What is wrong with an architecture of a plugin. */
export const architectureFaults = (architecture: unknown): string[] =>
  faultsOf(architecture, ARCHITECTURE);

/** Options become flags and fields: their names must be names, and their types must be known. */
function optionFaults(schema: z.ZodObject): string[] {
  try {
    return optionFields(schema).flatMap(({ name, description }) => {
      if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
        return [`options.${name} must be named in letters and digits, like learningRate`];
      }
      return description ? [] : [`options.${name} needs a .describe() that says what it means`];
    });
  } catch (error) {
    return [`options cannot be offered: ${(error as Error).message}`];
  }
}

/** What a plugin exports: what it is meant to be, and what is wrong with it. */
export interface Judged {
  readonly noun: "technique" | "model adapter";
  /** `technique "my-technique"`, as far as it has a name. */
  readonly named: string;
  readonly faults: readonly string[];
}

/** Fields that tell what a thing is meant to be, also where some are missing. */
const TELLING = {
  "technique": ["kind", "summary", "caution", "paper", "options", "run", "picture"],
  "model adapter": ["licence", "source", "models", "accepts", "architecture", "load"],
} as const;

/** Checks every field of what a plugin exports; undefined for what is neither of the two. */
export function judge(thing: unknown): Judged | undefined {
  if (!isObject(thing) && typeof thing !== "function") return undefined;
  const has = (noun: keyof typeof TELLING) => TELLING[noun].filter((name) => name in thing).length;
  const [techniqueLike, adapterLike] = [has("technique"), has("model adapter")];
  if (techniqueLike + adapterLike === 0) return undefined;
  const noun = adapterLike > techniqueLike ? "model adapter" : "technique";
  const { id, kind, options } = thing as unknown as Record<string, unknown>;
  const named = isText(id) ? `${noun} ${quoted(id)}` : noun;
  if (noun === "model adapter") return { noun, named, faults: faultsOf(thing, ADAPTER) };
  const rules = kind === "visualization" ? [...TECHNIQUE, VISUALIZATION] : TECHNIQUE;
  const faults = faultsOf(thing, rules);
  if (options instanceof z.ZodObject) faults.push(...optionFaults(options));
  return { noun, named, faults };
}
