/** What an engine's parameter is of a tensor: its numbers, perhaps with its axes in another order. */
import { sizeOf, type Values, values } from "../../core/values.ts";
import type { TakeNumbers } from "../../run/model.ts";
import { moving } from "../_moving.ts";
import type { Constant, Unread } from "./constants.ts";
import { read } from "./values.ts";

/** A parameter, and where its numbers come from. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly of: Constant | Unread;
  /** Sizes of the tensor's axes, some split or joined, and the order in which the parameter has them. */
  readonly moved?: { readonly sizes: readonly number[]; readonly order: readonly number[] };
  /** What the numbers are multiplied by. */
  readonly factor?: number;
}

/** A parameter that is a tensor as it is. */
export const asIs = (of: Constant | Unread, shape = of.shape): Parameter => ({ shape, of });

/**
 * The numbers of a parameter whose tensor is read, rounded once; they are copied only where they would
 * keep more in memory than they are.
 */
export function numbersOf(parameter: Parameter): Values {
  const { shape, of, moved, factor = 1 } = parameter, { data } = read(of);
  const isMost = 2 * data.byteLength > data.buffer.byteLength;
  const keeps = data instanceof Float32Array && (isMost || moved);
  const numbers = keeps ? data.subarray() : Float32Array.from(data);
  if (!moved && factor === 1) return values(numbers, shape);
  const { into, take } = roomFor(parameter);
  take(numbers, 0);
  return into;
}

/** Room for a parameter's numbers, and what puts those of its tensor there. */
export interface Room {
  readonly into: Values;
  readonly take: TakeNumbers;
}

/** Makes room for a parameter. */
export function roomFor({ shape, of, moved, factor = 1 }: Parameter): Room {
  const into = values(new Float32Array(sizeOf(shape)), shape);
  const { sizes, order } = moved ?? { sizes: of.shape, order: [...of.shape.keys()] };
  const move = moving(sizes, order, into);
  return {
    into,
    take: factor === 1
      ? move
      : (numbers, from) => move(numbers.map((number) => number * factor), from),
  };
}
