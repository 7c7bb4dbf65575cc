/** The manifest of a TensorFlow.js model's weights: which lie in which shards, and in which formats. */
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import { isObject } from "../../core/json.ts";
import { quoted } from "../../core/text.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { isBeside } from "../_location.ts";

/** All groups of shards together; each becomes one piece of memory. */
const MAX_SHARD_BYTES = 2 ** 32;
/** Ten times what the largest networks have. */
const MAX_WEIGHTS = 2 ** 16;
/** More axes than any layer's weights have. */
const MAX_RANK = 8;
/** Letters of a layer's or a weight's name, scopes included. */
const MAX_NAME = 1000;

/** An object of a JSON file. */
export type Json = Readonly<Record<string, unknown>>;

/** Gives up on a file: the reason goes into a sentence with its name. */
export type Fail = (reason: string, cause?: unknown) => never;

/** Whether something is a list of whole numbers from 0 up. */
export const isSizes = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);

/** Whether it can be the name of a layer or of a weight. */
export const isName = (x: unknown): x is string =>
  typeof x === "string" && x !== "" && x.length <= MAX_NAME;

/** How a value of a file looks in a message. */
export const shown = (x: unknown): string => x === undefined ? "nothing" : quoted(x);

/** One weight, as the manifest announces it. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Numbers stored as integers stand for `number · scale + min`. */
  readonly quantization?: {
    readonly min: number;
    readonly scale: number;
    /** Whether they stand for whole numbers. */
    readonly isWhole: boolean;
  };
}

/** Shards whose bytes, joined, are the weights in order. */
export interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

export const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** What a weight takes in its shards. */
export const specBytes = ({ shape, dtype }: WeightSpec) => sizeOf(shape) * bytesPerNumber(dtype);

/** What a group's shards hold together. */
export const groupBytes = ({ weights }: Group) => sum(weights.map(specBytes));

/** The manifest's words for number formats, and ours. Layers-models have no use for int32 and bool. */
const STORED = new Map<unknown, Dtype>([
  ["float32", "F32"],
  ["float16", "F16"],
  ["int32", "I32"],
  ["bool", "BOOL"],
]);
const QUANTIZED = new Map<unknown, Dtype>([["uint8", "U8"], ["uint16", "U16"]]);

/** A group of the manifest. @throws what `fail` throws, where it is none. */
export function parseGroup(group: unknown, fail: Fail): Group {
  if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) {
    fail('its manifest has a group without "paths" or "weights"');
  }
  for (const path of group.paths) {
    if (!isBeside(path)) {
      fail(`its manifest names the shard ${shown(path)}, which does not lie beside model.json`);
    }
  }
  return { paths: group.paths, weights: group.weights.map((spec) => parseSpec(spec, fail)) };
}

/** Refuses a small manifest that announces more than there can be, or one file many times. */
export function refuseAmplified(groups: readonly Group[], fail: Fail): void {
  const count = sum(groups.map(({ weights }) => weights.length));
  if (count > MAX_WEIGHTS) fail(`its manifest has ${count} weights; ${MAX_WEIGHTS} are the limit`);
  const bytes = sum(groups.map(groupBytes));
  if (!(bytes <= MAX_SHARD_BYTES)) {
    fail(`its manifest announces ${bytes} bytes of weights; ${MAX_SHARD_BYTES} are the limit`);
  }
  const seen = new Set<string>();
  for (const path of groups.flatMap(({ paths }) => paths)) {
    // "./a.bin" and "a.bin" are one
    const plain = path.split("/").filter((part) => part !== "" && part !== ".").join("/");
    if (seen.has(plain)) fail(`its manifest names the shard ${shown(path)} more than once`);
    seen.add(plain);
  }
}

function parseSpec(spec: unknown, fail: Fail): WeightSpec {
  if (!isObject(spec) || !isName(spec.name)) {
    fail(`its manifest has a weight without a name (of 1 to ${MAX_NAME} letters): ${shown(spec)}`);
  }
  const { name, shape, dtype: stored, quantization } = spec;
  if (!isSizes(shape) || shape.length > MAX_RANK) {
    fail(`its weight "${name}" has the shape ${shown(shape)}`);
  }
  if (quantization === undefined) {
    const dtype = STORED.get(stored);
    return dtype ? { name, shape, dtype } : fail(
      `its weight "${name}" has the number format ${shown(stored)}; float32, float16 and ` +
        `quantized uint8, uint16, float16 are understood`,
    );
  }
  if (!isObject(quantization) || stored !== "float32" && stored !== "int32") {
    fail(
      `its weight "${name}" is quantized from ${shown(stored)}; float32 and int32 are understood`,
    );
  }
  if (quantization.dtype === "float16") return { name, shape, dtype: "F16" };
  const dtype = QUANTIZED.get(quantization.dtype), { min, scale } = quantization;
  if (!dtype || typeof min !== "number" || typeof scale !== "number") {
    fail(
      `its weight "${name}" is quantized as ${shown(quantization)}; uint8 and uint16 with min ` +
        `and scale, and float16 are understood`,
    );
  }
  const isWhole = stored === "int32";
  return { name, shape, dtype, quantization: { min, scale, isWhole } };
}

/** A weight's numbers. */
export function decode(bytes: Uint8Array, { shape, dtype, quantization }: WeightSpec): Values {
  const numbers = widen(bytes, dtype);
  if (quantization) {
    // in place: widened integers are a copy; in double precision, rounded once
    const { min, scale, isWhole } = quantization;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] * scale + min;
      numbers[i] = isWhole ? Math.round(number) : number;
    }
  }
  return values(numbers, shape);
}
