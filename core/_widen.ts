/** The number formats of weight files, named as safetensors names them, widened to Float32. */
import { fromHalves } from "./half.ts";

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** A number format that {@link widen} reads. */
export type Dtype = keyof typeof arrays;

/** Says whether `name` is a format that {@link widen} reads. */
export const isDtype = (name: unknown): name is Dtype =>
  typeof name === "string" && Object.hasOwn(arrays, name);

/** The names of all formats. */
export const dtypes = Object.keys(arrays) as Dtype[];

/** Bytes one number takes. */
export const bytesPerNumber = (dtype: Dtype): number => arrays[dtype].BYTES_PER_ELEMENT;

/**
 * Reads little-endian numbers as Float32: F32 that is aligned is a view of `bytes`, all else is
 * copied. F64 and integers beyond 2^24 are rounded to the nearest Float32.
 */
export function widen(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const size = bytesPerNumber(dtype);
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const raw = new arrays[dtype](buffer as ArrayBuffer, byteOffset, bytes.length / size);
  if (raw instanceof Float32Array) return raw;
  if (dtype === "F16") return fromHalves(raw as Uint16Array);
  if (dtype === "BF16") {
    // A bfloat16 is the upper half of a float32.
    return new Float32Array(Uint32Array.from(raw as Uint16Array, (half) => half << 16).buffer);
  }
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) {
    const wide = new Float32Array(raw.length);
    for (let i = 0; i < raw.length; i++) wide[i] = Number(raw[i]);
    return wide;
  }
  return new Float32Array(raw);
}
