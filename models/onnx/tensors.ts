/** An ONNX tensor's numbers, in whichever of its forms they are written. */
import type { TensorProto } from "../../deps/onnx_buf.ts";
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
} from "../../deps/onnx_buf.ts";
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import type { Span } from "../../core/looking.ts";
import { sizeOf } from "../../core/values.ts";
import type { Once } from "../_once.ts";
import { MAX_RANK } from "./_limits.ts";
import { type Constant, constantOf, type Kind, type Unread } from "./constants.ts";
import type { Fail } from "./file.ts";

/** Formats as raw data has them. */
const RAW: Readonly<Record<number, Dtype>> = {
  [Type.FLOAT]: "F32",
  [Type.DOUBLE]: "F64",
  [Type.FLOAT16]: "F16",
  [Type.BFLOAT16]: "BF16",
  [Type.INT64]: "I64",
  [Type.UINT64]: "U64",
  [Type.INT32]: "I32",
  [Type.UINT32]: "U32",
  [Type.INT16]: "I16",
  [Type.UINT16]: "U16",
  [Type.INT8]: "I8",
  [Type.UINT8]: "U8",
  [Type.BOOL]: "BOOL",
};

const FLOATS = new Set<number>([Type.FLOAT, Type.DOUBLE, Type.FLOAT16, Type.BFLOAT16]);

/** What a tensor's type, or the one that a Cast names, is. */
export const kindOf = (type: number): Kind =>
  FLOATS.has(type) ? "float" : type === Type.BOOL ? "bool" : "int";

/** What a type is called in messages. */
export const typeName = (type: number): string => Type[type] ?? `number ${type}`;

/** Doubles and integers, which a Float32 does not hold exactly. */
const WIDE = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
};

/** Little-endian numbers; integers and doubles in double precision, all else as Float32. */
function fromRaw(bytes: Uint8Array, dtype: Dtype): Float32Array | Float64Array {
  const array = dtype in WIDE ? WIDE[dtype as keyof typeof WIDE] : undefined;
  if (!array) return widen(bytes, dtype);
  const { buffer, byteOffset } = bytes.byteOffset % bytesPerNumber(dtype) === 0
    ? bytes
    : new Uint8Array(bytes);
  const raw = new array(buffer as ArrayBuffer, byteOffset, bytes.length / bytesPerNumber(dtype));
  return Float64Array.from(raw as ArrayLike<number | bigint>, Number);
}

/** Numbers in a message's own lists, by what the type's list is. */
function fromLists(tensor: TensorProto): Float32Array | Float64Array {
  const { dataType: type, floatData, int32Data, int64Data, doubleData, uint64Data } = tensor;
  switch (type) {
    case Type.FLOAT:
      return Float32Array.from(floatData);
    case Type.DOUBLE:
      return Float64Array.from(doubleData);
    case Type.INT64:
      return Float64Array.from(int64Data, Number);
    case Type.UINT64:
    case Type.UINT32:
      return Float64Array.from(uint64Data, Number);
    case Type.FLOAT16:
    case Type.BFLOAT16: // the lower 16 bits of each
      return widen(new Uint8Array(Uint16Array.from(int32Data).buffer), RAW[type]);
    default:
      return Float64Array.from(int32Data);
  }
}

/** A tensor's shape. @throws what `fail` throws, where it cannot be one. */
export function shapeOf({ name, dims }: Pick<TensorProto, "name" | "dims">, fail: Fail): number[] {
  const shape = dims.map(Number);
  if (shape.length > MAX_RANK || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    fail(`its tensor "${name}" has the shape [${shape.slice(0, MAX_RANK + 1).join(", ")}]`);
  }
  return shape;
}

/** Where a tensor's numbers lie, if not in the message. */
export interface Place extends Span {
  readonly file: Once;
  /** What messages call the file, where it is another than the model's. */
  readonly path?: string;
  /** The numbers' bytes, once they are read. */
  readonly bytes?: Uint8Array;
}

/** Tensors whose numbers are not in the message. */
export type Places = ReadonlyMap<TensorProto, Place>;

/** The bytes that a tensor's numbers take; undefined where that cannot be known. */
export function bytesOf({ dims, dataType }: TensorProto): number | undefined {
  const dtype = RAW[dataType];
  return dtype && dims.reduce((product, size) => product * Number(size), bytesPerNumber(dtype));
}

/** Whether a place can hold so many bytes. */
export const holds = ({ at, length, file }: Place, bytes: number | undefined): boolean =>
  [at, length].every((n) => Number.isSafeInteger(n) && n >= 0) && length === bytes &&
  at + length <= file.file.bytes;

/**
 * A tensor, with its numbers where they were read.
 *
 * @param place Where they lie, if not in the message.
 * @throws what `fail` throws, where there are more or fewer than it has.
 */
export function readTensor(
  tensor: TensorProto,
  place: Place | undefined,
  fail: Fail,
): Constant | Unread {
  const { name, dataType: type } = tensor, shape = shapeOf(tensor, fail);
  const dtype = RAW[type], count = sizeOf(shape), kind = kindOf(type);
  if (!dtype) {
    fail(
      `its tensor "${name}" holds numbers of the type ${typeName(type)}, which cannot be read`,
      undefined,
      "unsupported",
    );
  }
  const bytes = count * bytesPerNumber(dtype), signed = type === Type.INT8 ? { signed: true } : {};
  const isBeside = tensor.dataLocation === Location.EXTERNAL;
  if (isBeside && !place) fail(`its weight "${name}" lies in a file that was not read`);
  if (isBeside && place && !holds(place, bytes)) {
    fail(
      `its weight "${name}" is ${place.length} bytes from byte ${place.at} of "${place.path}", ` +
        `which has ${place.file.file.bytes}; it needs ${bytes}`,
    );
  }
  const { length } = place ?? tensor.rawData;
  if (length > 0 && length !== bytes) {
    fail(`its tensor "${name}" [${shape.join(", ")}] needs ${bytes} bytes and has ${length}`);
  }
  if (place && !place.bytes) return { shape, kind, ...signed, stored: { ...place, dtype } };
  const raw = place?.bytes ?? tensor.rawData;
  const numbers = raw.length > 0 ? fromRaw(raw, dtype) : fromLists(tensor);
  if (numbers.length !== count) {
    fail(
      `its tensor "${name}" [${shape.join(", ")}] needs ${count} numbers and has ${numbers.length}`,
    );
  }
  return { ...constantOf(shape, numbers, kind), ...signed };
}
