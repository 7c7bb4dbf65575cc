/** Attributes of TensorFlow's nodes, as the JSON of a graph-model writes them, in ONNX's form. */
import { create } from "../../deps/protobuf.ts";
import { type AttributeProto, AttributeProtoSchema } from "../../deps/onnx_buf.ts";
import { fromBase64 } from "../../core/hex.ts";
import { isObject } from "../../core/json.ts";

/** What an attribute may be made of. */
export type Plain = number | string | boolean | readonly number[] | readonly string[];

const encoded = (text: string) => new TextEncoder().encode(text);
/** A number in the places of whole ones and of others: who reads it knows which it is. */
const whole = (n: number) => Number.isSafeInteger(n) ? BigInt(n) : 0n;

/** An attribute with a value. */
export function attribute(name: string, value: Plain): AttributeProto {
  if (typeof value === "string") return create(AttributeProtoSchema, { name, s: encoded(value) });
  if (typeof value === "object") {
    const numbers = value.filter((n): n is number => typeof n === "number");
    const texts = value.filter((n): n is string => typeof n === "string");
    return create(AttributeProtoSchema, {
      name,
      ints: numbers.map(whole),
      floats: numbers,
      strings: texts.map(encoded),
    });
  }
  return create(AttributeProtoSchema, { name, i: whole(Number(value)), f: Number(value) });
}

/** Entries of a list that are looked at: no attribute of an operator that is known has more. */
const MOST = 64;

/** TensorFlow's numbers of its types, and their names. */
const TYPES: Readonly<Record<string, number>> = {
  ...{ DT_FLOAT: 1, DT_DOUBLE: 2, DT_INT32: 3, DT_UINT8: 4, DT_INT16: 5, DT_INT8: 6 },
  ...{ DT_STRING: 7, DT_INT64: 9, DT_BOOL: 10, DT_BFLOAT16: 14, DT_HALF: 19 },
};

/** A text, which JSON has in base64. */
function text(value: unknown): string {
  if (typeof value !== "string" || value.length > 10_000) return "";
  try {
    return new TextDecoder().decode(fromBase64(value));
  } catch {
    return value; // as it is
  }
}

/** A number, which JSON may have as text. */
export const numberOf = (value: unknown): number =>
  typeof value === "number" || typeof value === "string" ? Number(value) : NaN;

/** A value in whichever of its fields it is; undefined for what no operator needs. */
function plain(value: Readonly<Record<string, unknown>>): Plain | undefined {
  if ("s" in value) return text(value.s);
  if ("i" in value) return numberOf(value.i);
  if ("f" in value) return numberOf(value.f);
  if ("b" in value) return value.b === true;
  if ("type" in value) {
    const { type } = value;
    return typeof type === "string" && Object.hasOwn(TYPES, type) ? TYPES[type] : numberOf(type);
  }
  const { list } = value;
  if (!isObject(list)) return undefined;
  if (Array.isArray(list.s)) return list.s.slice(0, MOST).map(text);
  const numbers = [list.i, list.f].find(Array.isArray) ?? [];
  return numbers.slice(0, MOST).map(numberOf);
}

/** The attributes of a node. */
export function attributesOf(attr: unknown): ReadonlyMap<string, AttributeProto> {
  const found = new Map<string, AttributeProto>();
  if (!isObject(attr)) return found;
  for (const [name, value] of Object.entries(attr)) {
    const own = isObject(value) ? plain(value) : undefined;
    if (own !== undefined) found.set(name, attribute(name, own));
  }
  return found;
}
