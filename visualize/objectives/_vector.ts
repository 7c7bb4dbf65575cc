/** Directions and activations, from a list of numbers or from a file. */
import { UserError } from "../../core/errors.ts";
import { readSafetensors, tensorPath } from "../../core/safetensors.ts";
import { platform } from "../../platform/mod.ts";
import type { Model } from "../../run/model.ts";

const refuse = (message: string) =>
  new UserError(message, { code: "bad-option", option: "objective" });

/** The numbers of a file: JSON's list, or the one tensor of a `.safetensors` (or FILE#TENSOR). */
function inFile(source: string): Float32Array {
  const stored = tensorPath(source), path = stored?.path ?? source, wanted = stored?.tensor;
  let bytes: Uint8Array;
  try {
    bytes = platform.readFileSync(path);
  } catch (error) {
    throw refuse(`Cannot read the numbers of "${path}": ${platform.reason(error)}.`);
  }
  if (!stored) {
    let list: unknown;
    try {
      list = JSON.parse(new TextDecoder().decode(bytes));
    } catch { /* told below */ }
    if (!Array.isArray(list) || !list.flat().every((n) => typeof n === "number")) {
      throw refuse(
        `"${path}" holds no list of numbers: JSON's [1, 0, …], or a .safetensors file, will do.`,
      );
    }
    return Float32Array.from(list.flat());
  }
  const { tensors } = readSafetensors(bytes, path);
  const name = wanted ?? [...tensors.keys()][0], tensor = tensors.get(name);
  if (tensor && (wanted !== undefined || tensors.size === 1)) return tensor;
  const names = [...tensors.keys()].slice(0, 8).join(", ");
  throw refuse(`"${path}" holds ${names}: write FILE#TENSOR for one of them.`);
}

/** Finite numbers, not all of them zero. */
export function numbersOf(source: readonly number[] | string): Float32Array {
  const numbers = typeof source === "string" ? inFile(source) : Float32Array.from(source);
  if (numbers.every(Number.isFinite) && numbers.some((n) => n !== 0)) return numbers;
  throw refuse("Numbers to go by are finite, and not all of them zero.");
}

/** A direction of as many numbers as a layer has channels. */
export function directionOf(
  source: readonly number[] | string,
  { network, inputSize: { height, width } }: Model,
  layer: string,
): Float32Array {
  const numbers = numbersOf(source), channels = network.shapeOf(layer, height, width).at(-1)!;
  if (numbers.length === channels) return numbers;
  throw refuse(`The direction has ${numbers.length} numbers; "${layer}" has ${channels} channels.`);
}
