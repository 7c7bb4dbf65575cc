/** An ONNX tensor's numbers, in whichever of its forms they are written. */
import type { TensorProto } from "../../deps/onnx_buf.ts";
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
} from "../../deps/onnx_buf.ts";
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import { sizeOf } from "../../core/values.ts";
import { MAX_RANK } from "./_limits.ts";
import { type Constant, constantOf, type Kind } from "./constants.ts";
import { type DataFiles, placeOf } from "./external.ts";
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

/** The bytes of a tensor that lie in another file. */
function externalBytes(tensor: TensorProto, data: DataFiles, bytes: number, fail: Fail) {
  const place = placeOf(tensor), path = place.get("location")!, file = data.get(path);
  if (!file) return fail(`its weight "${tensor.name}" lies in a file that was not read`);
  const offset = Number(place.get("offset") ?? 0), length = Number(place.get("length") ?? bytes);
  const fits = Number.isSafeInteger(offset) && offset >= 0 && length === bytes &&
    offset + bytes <= file.length;
  if (!fits) {
    fail(
      `its weight "${tensor.name}" is ${length} bytes from byte ${offset} of "${path}", which has ` +
        `${file.length}; it needs ${bytes}`,
    );
  }
  return file.subarray(offset, offset + bytes);
}

/** A tensor's shape. @throws what `fail` throws, where it cannot be one. */
export function shapeOf({ name, dims }: Pick<TensorProto, "name" | "dims">, fail: Fail): number[] {
  const shape = dims.map(Number);
  if (shape.length > MAX_RANK || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    fail(`its tensor "${name}" has the shape [${shape.slice(0, MAX_RANK + 1).join(", ")}]`);
  }
  return shape;
}

/** The numbers of a tensor. @throws what `fail` throws, where there are more or fewer than it has. */
export function readTensor(tensor: TensorProto, data: DataFiles, fail: Fail): Constant {
  const { name, dataType: type, rawData } = tensor, shape = shapeOf(tensor, fail);
  const dtype = RAW[type], count = sizeOf(shape);
  if (!dtype) {
    fail(
      `its tensor "${name}" holds numbers of the type ${typeName(type)}, which cannot be read`,
      undefined,
      "unsupported",
    );
  }
  const bytes = count * bytesPerNumber(dtype);
  const external = tensor.dataLocation === Location.EXTERNAL;
  const raw = external ? externalBytes(tensor, data, bytes, fail) : rawData;
  if (raw.length > 0 && raw.length !== bytes) {
    fail(`its tensor "${name}" [${shape.join(", ")}] needs ${bytes} bytes and has ${raw.length}`);
  }
  const numbers = raw.length > 0 ? fromRaw(raw, dtype) : fromLists(tensor);
  if (numbers.length !== count) {
    fail(
      `its tensor "${name}" [${shape.join(", ")}] needs ${count} numbers and has ${numbers.length}`,
    );
  }
  const constant = constantOf(shape, numbers, kindOf(type));
  return type === Type.INT8 ? { ...constant, signed: true } : constant;
}
