/** What a technique and a model adapter must have to be used. */
import { z } from "../../deps/zod.ts";
import { quoted } from "../../core/text.ts";
import { optionFields } from "../../core/options.ts";
import type { MetricFamily } from "../metric.ts";
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

/** An attribution may say that it is a gradient. */
const ATTRIBUTION = rule(
  "gradient",
  "{ colors, rules?, timesInput? }, or left out",
  (value) =>
    value === undefined ||
    isObject(value) && isText(value.colors) &&
      (value.rules === undefined || isFunction(value.rules)) &&
      (value.timesInput === undefined || typeof value.timesInput === "boolean"),
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
  rule("labels?", "a list of texts", isListOf((label) => typeof label === "string")),
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

const DESCRIBED = TECHNIQUE.filter(({ field }) => !["kind", "run"].includes(field));

const FAMILIES: readonly MetricFamily[] = [
  ...["faithfulness", "robustness", "localization"] as const,
  ...["complexity", "randomization", "axioms"] as const,
];

const METRIC: readonly Rule[] = [
  ...DESCRIBED,
  rule("better", '"higher", "lower" or "neither"', oneOf("higher", "lower", "neither")),
  rule("family?", FAMILIES.join(", "), oneOf(...FAMILIES)),
  rule("verdict?", "true", (value) => value === true),
  rule("needs?", '"mask"', oneOf("mask")),
  rule("judge", "an async generator function", isFunction),
];

const COLOUR_MAP: readonly Rule[] = [
  rule("id", 'a name in kebab case such as "my-colours"', isId),
  rule("title", "a line of text", isLine),
  rule("diverging", "true or false", (value) => typeof value === "boolean"),
  rule("scale", "a function that gives a function from 0..1 to [r, g, b]", isFunction),
];

/** Names that texts such as `channel(layer4, 3)` call. */
const isName = (value: unknown) => typeof value === "string" && /^[a-z][a-z0-9_]*$/.test(value);
const CALLED: readonly Rule[] = [
  rule("id", 'a name in letters, digits and _ such as "my_name"', isName),
  rule("summary", "a line of text", isLine),
  rule("options", "a z.object of zod 4", (value) => value instanceof z.ZodObject),
];
const OBJECTIVE = [...CALLED, rule("make", "a function that gives { layers, value }", isFunction)];
const TRANSFORM = [...CALLED, rule("apply", "a function of an image", isFunction)];
const PARAMETERIZATION = [
  ...CALLED,
  rule("title", "a line of text", isLine),
  rule("start", "a function that gives { parameters, image }", isFunction),
];

const OP: readonly Rule[] = [
  rule("traits", "an object with a nature", isObject),
  rule(
    "traits.nature",
    "weighted, linear, routed, elementwise, product or other",
    oneOf("weighted", "linear", "routed", "elementwise", "product", "other"),
  ),
  rule("shape", "a function", isFunction),
  rule("forward", "a function", isFunction),
  rule("backward", "a function", isFunction),
];

/** The faults of a technique, a metric, …: those of its fields and of its options. */
const described =
  (rules: (thing: Record<string, unknown>) => readonly Rule[]) => (thing: unknown) => {
    if (!isObject(thing)) return [`it must be an object, not ${quoted(thing)}`];
    const { options } = thing;
    return [
      ...faultsOf(thing, rules(thing)),
      ...(options instanceof z.ZodObject ? optionFaults(options) : []),
    ];
  };

/** What is wrong with a technique, each fault naming its field; none where it can be used. */
export const techniqueFaults = described((
  { kind },
) => [...TECHNIQUE, kind === "visualization" ? VISUALIZATION : ATTRIBUTION]);
/** Likewise with a model adapter. */
export const adapterFaults = described(() => ADAPTER);
/** Likewise with a metric. */
export const metricFaults = described(() => METRIC);
/** Likewise with a colour map. */
export const colourMapFaults = described(() => COLOUR_MAP);
/** Likewise with an objective. */
export const objectiveFaults = described(() => OBJECTIVE);
/** Likewise with a transformation. */
export const transformFaults = described(() => TRANSFORM);
/** Likewise with a parameterization. */
export const parameterizationFaults = described(() => PARAMETERIZATION);
/** Likewise with an op; its name is that of a function in a script. */
export const opFaults = described(() => OP);

/** Fields that tell what a thing is meant to be, also where some are missing. */
const TELLING = {
  techniques: ["kind", "summary", "caution", "paper", "options", "run", "picture"],
  models: ["licence", "source", "models", "accepts", "architecture", "load"],
} as const;

/** Whether a thing that stands alone is meant as a technique or as a model adapter. */
export function meantAs(thing: unknown): keyof typeof TELLING | undefined {
  if (!isObject(thing) && typeof thing !== "function") return undefined;
  const has = (part: keyof typeof TELLING) => TELLING[part].filter((name) => name in thing).length;
  const [techniqueLike, adapterLike] = [has("techniques"), has("models")];
  if (techniqueLike + adapterLike === 0) return undefined;
  return adapterLike > techniqueLike ? "models" : "techniques";
}
