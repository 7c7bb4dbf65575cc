/** Tensors where they lie in a file: what a weight file's layout says before its numbers are read. */
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";

/** Tensors by PyTorch's names, in PyTorch's layout. */
export type StateDict = Map<string, Values>;

/** Numbers that lie together in a file. */
export interface Storage {
  readonly dtype: Dtype;
  /** How many. */
  readonly length: number;
  /** The file's byte at which they begin. */
  readonly at: number;
}

/** A tensor of a file: a view of a storage. */
export interface Stored {
  readonly shape: readonly number[];
  /** From one number to the next along each axis. */
  readonly strides: readonly number[];
  readonly storage: Storage;
  /** The first number's place in its storage. */
  readonly offset: number;
}

/** A file's tensors by name. */
export type StoredTensors = ReadonlyMap<string, Stored>;

/** A tensor whose numbers lie in its own order, and are nobody else's. */
export function contiguous(dtype: Dtype, shape: readonly number[], at: number): Stored {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return { shape, strides, storage: { dtype, length: sizeOf(shape), at }, offset: 0 };
}

/** Bytes of a storage in its file. */
export const storedBytes = ({ length, dtype }: Storage): number => length * bytesPerNumber(dtype);

/** Whether a view's numbers stand in its own order, without gaps. */
export function isContiguous({ shape, strides }: Stored): boolean {
  if (sizeOf(shape) === 0) return true;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** A tensor's numbers from those of its storage; a copy only where they do not lie as they should. */
export function viewOf(data: Float32Array, stored: Stored): Values {
  const { shape, offset } = stored, length = sizeOf(shape);
  const numbers = isContiguous(stored)
    ? data.subarray(offset, offset + length)
    : gather(data, stored, length);
  return values(numbers, shape);
}

/** Copies a view row-major. */
function gather(data: Float32Array, { offset, shape, strides }: Stored, length: number) {
  const copy = new Float32Array(length);
  const index = shape.map(() => 0);
  for (let i = 0, from = offset; i < length; i++) {
    copy[i] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return copy;
}

/** The tensors of a file whose bytes are at hand; numbers that need no widening are not copied. */
export function tensorsIn(bytes: Uint8Array, stored: StoredTensors): StateDict {
  const read = new Map<Storage, Float32Array>();
  const dataOf = (storage: Storage): Float32Array => {
    const { at, dtype } = storage;
    const data = read.get(storage) ?? widen(bytes.subarray(at, at + storedBytes(storage)), dtype);
    read.set(storage, data);
    return data;
  };
  return new Map([...stored].map(([key, tensor]) => [key, viewOf(dataOf(tensor.storage), tensor)]));
}
