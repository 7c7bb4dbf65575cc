/** Whether what a technique gives back, and tells on its way, is what its kind promises. */
import { sizeOf } from "../../core/values.ts";
import { colourMaps } from "../../image/colour_maps.ts";
import {
  faultsOf,
  isCount,
  isFinite,
  isListOf,
  isObject,
  isText,
  type Rule,
  rule,
} from "./_faults.ts";
import type { Technique } from "../technique.ts";

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every(isCount);
/** A Float32Array with as many numbers as its shape says. */
const isValues = (value: unknown, fits: (shape: readonly number[]) => boolean) =>
  value instanceof Float32Array && "shape" in value && isShape(value.shape) &&
  sizeOf(value.shape) === value.length && fits(value.shape);
const isShare = (n: number) => n >= 0 && n <= 1;
const isPicture = (value: unknown) =>
  isObject(value) && isCount(value.width) && isCount(value.height) &&
  ArrayBuffer.isView(value.data) && "length" in value.data &&
  value.data.length === value.width * value.height * 3;

const NOTES: readonly Rule[] = [
  rule("diagnosis?", "a list of sentences", isListOf(isText)),
  rule(
    "figures?",
    "an object of numbers and texts",
    (value) =>
      isObject(value) && !Array.isArray(value) &&
      Object.values(value).every((figure) =>
        figure === undefined || ["number", "string"].includes(typeof figure)
      ),
  ),
];

/** @param size Of the input. */
const attributionRules = (height: number, width: number): readonly Rule[] => [
  rule(
    "attribution",
    "a Float32Array with a shape of two or three sizes that match its length",
    (value) => isValues(value, (shape) => shape.length === 2 || shape.length === 3),
  ),
  rule(
    "map",
    `a Float32Array with the shape [${height}, ${width}] of the input`,
    (value) => isValues(value, (shape) => `${shape}` === `${[height, width]}`),
  ),
  rule(
    "map",
    "of numbers from 0 to 1",
    (value) => !(value instanceof Float32Array) || value.every(isShare),
    (value) => `of ${(value as Float32Array).find((v) => !isShare(v))}`,
  ),
  rule(
    "colors",
    colourMaps.ids.join(", "),
    (value) => typeof value === "string" && colourMaps.has(value),
  ),
  rule(
    "scale?",
    "{ low, high }, both finite",
    (value) => isObject(value) && isFinite(value.low) && isFinite(value.high),
  ),
  rule(
    "overlay",
    "a number from 0 to 1",
    (value) => typeof value === "number" && isShare(value),
  ),
  ...NOTES,
];

/** @param channels Of the network's input. */
const visualizationRules = (channels: number): readonly Rule[] => [
  rule(
    "image",
    `a Float32Array with a shape [height, width, ${channels}] that matches its length`,
    (value) => isValues(value, (shape) => shape.length === 3 && shape[2] === channels),
  ),
  rule("final", "a picture { width, height, data } with three bytes a pixel", isPicture),
  rule("losses", "a list of finite numbers", isListOf(isFinite)),
  rule("start?", "a picture { width, height, data } with three bytes a pixel", isPicture),
  ...NOTES,
];

const isStep = (value: unknown) => value === 0 || isCount(value);

const PROGRESS_RULES: readonly Rule[] = [
  rule("step", "a whole number", isStep),
  rule("of", "a whole number above zero", isCount),
  rule("loss?", "a finite number", isFinite),
  rule("frame?", "a picture { width, height, data } with three bytes a pixel", isPicture),
  rule("preview?", "a function that gives a picture", (value) => typeof value === "function"),
];

/**
 * What is wrong with a technique's result: each fault names the field, what it is and what it must
 * be; none where all is well.
 *
 * @param shape Of the input that an attribution explains, or that a visualization makes, `[1, height,
 * width, channels]`.
 */
export function resultFaults(
  kind: Technique["kind"],
  result: unknown,
  shape: readonly number[] = [],
): string[] {
  if (!isObject(result)) return ["nothing was returned"];
  const [, height, width, channels = 3] = shape;
  if (kind === "visualization") return faultsOf(result, visualizationRules(channels));
  return faultsOf(result, attributionRules(height, width));
}

/** What is wrong with what a technique yields, likewise. */
export const progressFaults = (progress: unknown): string[] =>
  isObject(progress) ? faultsOf(progress, PROGRESS_RULES) : ["it must be { step, of }"];

const JUDGEMENT: readonly Rule[] = [
  rule("value", "a finite number", isFinite),
  rule("curve?", "a list of finite numbers", isListOf(isFinite)),
  rule(
    "axes?",
    "{ x, titles }, a list of finite numbers and two texts",
    (value) =>
      isObject(value) && isListOf(isFinite)(value.x) && isListOf(isText)(value.titles) &&
      (value.titles as string[]).length === 2,
  ),
  rule(
    "steps?",
    "a list of { caption, picture }, a text and a function",
    isListOf((step) =>
      isObject(step) && isText(step.caption) && typeof step.picture === "function"
    ),
  ),
  rule("notes?", "a list of sentences", isListOf(isText)),
];

/** What is wrong with what a metric says, likewise. */
export const judgementFaults = (judgement: unknown): string[] =>
  isObject(judgement) ? faultsOf(judgement, JUDGEMENT) : ["nothing was returned"];
