/** Tensors that are known while a model is loaded: weights, sizes, indices. */
import type { Dtype } from "../../core/_widen.ts";
import type { Span } from "../../core/looking.ts";
import { sizeOf } from "../../core/values.ts";
import type { Once } from "../_once.ts";

/** What a constant's numbers are: integers divide with truncation, and never become weights' noise. */
export type Kind = "float" | "int" | "bool";

/** A tensor in ONNX's own order of axes, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  /** As the file has them, or, of what was worked out, in double precision. */
  readonly data: Float32Array | Float64Array;
  readonly kind: Kind;
  /** Whether it is of integers with a sign, of 8 bits. */
  readonly signed?: boolean;
}

/** Numbers that still lie in a file. */
export interface Stored extends Span {
  readonly file: Once;
  readonly dtype: Dtype;
}

/** A tensor that is not read before a parameter is filled with its numbers. */
export interface Unread extends Omit<Constant, "data"> {
  readonly stored: Stored;
}

export const constantOf = (
  shape: readonly number[],
  data: Float32Array | Float64Array | readonly number[],
  kind: Kind = "float",
): Constant => ({
  shape,
  data: Array.isArray(data) ? Float64Array.from(data) : data as Float64Array,
  kind,
});

/** A list of whole numbers. */
export const integers = (numbers: readonly number[]): Constant =>
  constantOf([numbers.length], numbers, "int");

/** Steps from one number to the next along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Numbers of the type that a constant has. */
const room = ({ data }: Constant, length: number) =>
  data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);

/**
 * The numbers at every place of `shape`, where a step along its axis n leads `strides[n]` numbers on:
 * transposing, broadcasting (a stride of 0), slicing.
 */
export function strided(
  source: Constant,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Constant {
  const data = room(source, sizeOf(shape)), rank = shape.length, { data: from } = source;
  if (data.length === 0) return { ...source, shape, data };
  const inner = rank ? shape[rank - 1] : 1, step = rank ? strides[rank - 1] : 0;
  const at = new Array<number>(Math.max(0, rank - 1)).fill(0);
  let place = start;
  for (let i = 0; i < data.length;) {
    for (let n = 0, p = place; n < inner; n++, p += step) data[i++] = from[p];
    for (let axis = rank - 2; axis >= 0; axis--) {
      place += strides[axis];
      if (++at[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return { ...source, shape, data };
}

/** The axes in another order. */
export function transposed(source: Constant, order: readonly number[]): Constant {
  const { shape } = source;
  if (order.every((axis, i) => axis === i)) return source;
  const strides = stridesOf(shape);
  return strided(source, order.map((axis) => shape[axis]), order.map((axis) => strides[axis]));
}

/** The same numbers in the same order under another shape. */
export const reshaped = (source: Constant, shape: readonly number[]): Constant => ({
  ...source,
  shape,
});

/** Repeated along axes of 1, and along further axes in front. */
export function broadcastTo(source: Constant, shape: readonly number[]): Constant {
  if (source.shape.join() === shape.join()) return source;
  const ahead = shape.length - source.shape.length, own = stridesOf(source.shape);
  const strides = shape.map((_, axis) => {
    const size = source.shape[axis - ahead];
    return axis < ahead || size === 1 ? 0 : own[axis - ahead];
  });
  return strided(source, shape, strides);
}

/** The shape that several have together, as NumPy broadcasts; undefined where they have none. */
export function commonShape(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const common = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, size] of shape.entries()) {
      const axis = i + rank - shape.length;
      if (size === 1) continue;
      if (common[axis] !== 1 && common[axis] !== size) return undefined;
      common[axis] = size;
    }
  }
  return common;
}
