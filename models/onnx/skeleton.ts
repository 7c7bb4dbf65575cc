/**
 * A model's file without its weights' numbers: it is walked far enough to know where they lie.
 *
 * Protobuf has a message as fields one after the other: a tag with the field's number and how it is
 * written, then for texts, lists and inner messages their length. Only what is long is walked into;
 * all else is copied as it stands. Source: https://protobuf.dev/programming-guides/encoding/.
 */
import type { Looking, Span } from "../../core/looking.ts";
import {
  type ModelProto,
  type TensorProto,
  TensorProto_DataType as Type,
} from "../../deps/onnx_buf.ts";

/** Numbers that take fewer bytes are left where they are. */
export const LONG_BYTES = 2 ** 14;

/** What of a file is no long list of numbers, and where these lie. */
export interface Skeleton {
  /** A whole message. */
  readonly bytes: Uint8Array;
  readonly numbers: readonly Numbers[];
}

/** Numbers that were left out, little-endian. */
export interface Numbers extends Span {
  /** The tensor that they are of. */
  readonly of: (model: ModelProto) => TensorProto | undefined;
}

/** How a field is written. */
const VARINT = 0, FIXED_64 = 1, LENGTH = 2, FIXED_32 = 5;
/** Bytes of a tag and of what follows it, at most. */
const HEAD_BYTES = 20;
/** So many bytes are looked at first; where fields are short and many, twice as many each time. */
const FIRST_BYTES = 2 ** 10, MOST_BYTES = 2 ** 16;
/** Fields that are looked at: what lies behind more is copied as it stands. */
const MAX_FIELDS = 2 ** 20;

interface Field extends Span {
  readonly number: number;
  readonly wire: number;
  /** Where its content begins. */
  readonly content: number;
  /** Of a varint. */
  readonly value: number;
  /** How many of its number the message has before it. */
  readonly before: number;
}

/** What of a file makes up a message: bytes as they stand, and such as are written anew. */
type Part = Span | Uint8Array;

const endOf = ({ at, length }: Span) => at + length;
const lengthOf = (parts: readonly Part[]) => parts.reduce((sum, { length }) => sum + length, 0);
const isLong = ({ wire, content, ...field }: Field) =>
  wire === LENGTH && endOf(field) - content >= LONG_BYTES;

/** A varint at the beginning of some bytes. */
function varint(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  for (let i = 0, value = 0; i < 10 && from + i < bytes.length; i++) {
    value += (bytes[from + i] & 0x7f) * 2 ** (7 * i);
    if (bytes[from + i] < 0x80) return { value, next: from + i + 1 };
  }
}

/** A length as it is written. */
function written(length: number): number[] {
  const bytes: number[] = [];
  for (; length >= 0x80; length = Math.floor(length / 0x80)) bytes.push(length % 0x80 | 0x80);
  return [...bytes, length];
}

/** A walk through a file. */
interface Walk {
  /** Gives up on a message that does not end as it says. */
  readonly damaged: () => never;
  /** How many more fields are looked at. */
  left: number;
}

/**
 * The fields of a message; none, where the walk is at its end.
 *
 * @throws what `damaged` throws, where one does not end within it.
 */
function* fieldsOf(at: number, end: number, walk: Walk): Looking<Field[]> {
  const fields: Field[] = [], counts = new Map<number, number>(), { damaged } = walk;
  let seen: Uint8Array = new Uint8Array(), from = at, ahead = FIRST_BYTES;
  while (at < end) {
    if (walk.left-- <= 0) return [];
    const seenTo = from + seen.length;
    if (seenTo < Math.min(end, at + HEAD_BYTES)) {
      ahead = at <= seenTo ? Math.min(MOST_BYTES, 2 * ahead) : FIRST_BYTES;
      seen = yield { at, length: Math.min(ahead, end - at) };
      from = at;
    }
    const head = seen.subarray(at - from, at - from + HEAD_BYTES);
    const tag = varint(head, 0) ?? damaged(), wire = tag.value % 8;
    const number = Math.floor(tag.value / 8), before = counts.get(number) ?? 0;
    counts.set(number, before + 1);
    let content = at + tag.next, value = 0, to = content;
    if (wire === VARINT || wire === LENGTH) {
      const found = varint(head, tag.next) ?? damaged();
      value = found.value;
      to = content = at + found.next;
    }
    if (wire === LENGTH) to += value;
    else if (wire === FIXED_64) to += 8;
    else if (wire === FIXED_32) to += 4;
    else if (wire !== VARINT) damaged();
    if (to > end) damaged();
    fields.push({ number, wire, at, length: to - at, content, value, before });
    at = to;
  }
  return fields;
}

/** Makes another message of what is within a field. */
type Change = (field: Field) => Looking<Part[]> | undefined;

/** A message of which some long fields are changed. */
function* changed(at: number, end: number, walk: Walk, changes: Change): Looking<Part[]> {
  const parts: Part[] = [], fields = yield* fieldsOf(at, end, walk);
  if (fields.length === 0) return [{ at, length: end - at }];
  for (const field of fields) {
    const change = isLong(field) ? changes(field) : undefined;
    const inner = change && (yield* change);
    const last = parts.at(-1);
    if (inner && lengthOf(inner) < endOf(field) - field.content) {
      const head = written(lengthOf(inner));
      parts.push(Uint8Array.of(...written(field.number * 8 + LENGTH), ...head), ...inner);
    } else if (last && !(last instanceof Uint8Array) && endOf(last) === field.at) {
      parts[parts.length - 1] = { at: last.at, length: last.length + field.length };
    } else parts.push({ at: field.at, length: field.length });
  }
  return parts;
}

/** Fields of the messages that are walked into; see `onnx.proto`. */
const MODEL = { graph: 7 }, GRAPH = { node: 1, initializer: 5 }, NODE = { attribute: 5 };
const ATTRIBUTE = { tensor: 5 }, TENSOR = { type: 2, floats: 4, raw: 9, doubles: 10 };

/** The one field of a tensor that has its numbers as they lie in memory. */
function numbersIn(fields: readonly Field[]): Field | undefined {
  const type = fields.findLast(({ number, wire }) => number === TENSOR.type && wire === VARINT)
    ?.value;
  const all = (number: number) => fields.filter((field) => field.number === number);
  const raw = all(TENSOR.raw);
  const found = raw.length
    ? raw
    : type === Type.FLOAT
    ? all(TENSOR.floats)
    : type === Type.DOUBLE
    ? all(TENSOR.doubles)
    : [];
  return found.length === 1 && isLong(found[0]) ? found[0] : undefined;
}

/**
 * Finds where the long numbers of a model's initializers and constants lie.
 *
 * @param size Of the file, in bytes.
 * @param damaged Gives up on a message that does not end as it says.
 */
export function* skeletonOf(size: number, damaged: () => never): Looking<Skeleton> {
  const numbers: Numbers[] = [], walk: Walk = { damaged, left: MAX_FIELDS };
  const within = (field: Field, changes: Change) =>
    changed(field.content, endOf(field), walk, changes);
  function* tensor(field: Field, of: Numbers["of"]): Looking<Part[]> {
    const found = numbersIn(yield* fieldsOf(field.content, endOf(field), walk));
    if (!found) return [{ at: field.content, length: endOf(field) - field.content }];
    numbers.push({ at: found.content, length: endOf(found) - found.content, of });
    return [
      { at: field.content, length: found.at - field.content },
      { at: endOf(found), length: endOf(field) - endOf(found) },
    ];
  }
  const attribute = (n: number, a: number): Change => (field) =>
    field.number === ATTRIBUTE.tensor
      ? tensor(field, ({ graph }) => graph?.node[n]?.attribute[a]?.t)
      : undefined;
  const node = (n: number): Change => (field) =>
    field.number === NODE.attribute ? within(field, attribute(n, field.before)) : undefined;
  const graph: Change = (field) =>
    field.number === GRAPH.initializer
      ? tensor(field, ({ graph }) => graph?.initializer[field.before])
      : field.number === GRAPH.node
      ? within(field, node(field.before))
      : undefined;
  const model: Change = (field) => {
    if (field.number !== MODEL.graph) return undefined;
    return field.before === 0 ? within(field, graph) : damaged(); // a reader would join the two
  };
  const parts = yield* changed(0, size, walk, model);
  return { bytes: yield* joined(parts), numbers };
}

/** Reads what is to be read, and puts it together. */
function* joined(parts: readonly Part[]): Looking<Uint8Array> {
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part instanceof Uint8Array ? part : yield part, at);
    at += part.length;
  }
  return bytes;
}
