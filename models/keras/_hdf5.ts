/**
 * HDF5 files, as far as Keras writes them: groups (symbol tables, or links in an object's header),
 * datasets that lie in one piece, attributes of numbers and text. Nothing is trusted: every address,
 * size and count is checked against the bytes that are there, and no object is walked twice.
 *
 * https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html
 */
import type { Dtype } from "../../core/_widen.ts";
import { bytesPerNumber } from "../../core/_widen.ts";
import { quoted } from "../../core/text.ts";
import { sizeOf } from "../../core/values.ts";
import type { Fail } from "./files.ts";
import { isHdf5 } from "./recognize.ts";

/** Objects, tree nodes and messages that are looked at in one file; Keras needs a hundred a layer. */
const MAX_STEPS = 2 ** 20;
/** Depth of a group's tree; each level has at least two branches. */
const MAX_DEPTH = 32;
/** More axes than any weights have. */
const MAX_RANK = 8;
/** Text in one attribute; HDF5 itself allows 64 KiB in place. */
const MAX_TEXT = 2 ** 24;

/** A dataset's numbers, where they lie in the file. */
export interface Dataset {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly bytes: Uint8Array;
}

/** A group: what is in it, by name, and what is said of it. */
export interface Group {
  readonly names: readonly string[];
  /** The group, or the dataset, of a name; undefined where there is none. */
  child(name: string): Group | Dataset | undefined;
  /** Text, a list of text, or numbers; undefined where there is none of this name. */
  attribute(name: string): string | string[] | number[] | undefined;
}

/** Whether something in a group is a group. */
export const isGroup = (thing: Group | Dataset | undefined): thing is Group =>
  thing !== undefined && "child" in thing;

interface Message {
  readonly type: number;
  readonly at: number;
  readonly bytes: number;
}

/** What an element is, as a datatype message says. */
interface Datatype {
  readonly kind: "number" | "text" | "long text";
  /** Of one element. */
  readonly bytes: number;
  readonly dtype?: Dtype;
}

/** Opens a file. @throws what `fail` throws, where it is damaged or not as Keras writes it. */
export function openHdf5(bytes: Uint8Array, fail: Fail): Group {
  return new Hdf5(bytes, fail).root();
}

class Hdf5 {
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();
  /** Sizes of an address and of a length, in bytes. */
  #address = 8;
  #length = 8;
  #base = 0;
  #steps = 0;

  constructor(readonly bytes: Uint8Array, readonly fail: Fail) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  // fields

  #check(at: number, count: number): void {
    if (!(at >= 0 && at + count <= this.bytes.length)) {
      this.fail(`it is damaged: something is to lie at byte ${at} of ${this.bytes.length}`);
    }
  }

  #u8(at: number): number {
    this.#check(at, 1);
    return this.bytes[at];
  }

  #u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  #u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** A whole number of so many bytes; one too large to be exact is too large for any file. */
  #uint(at: number, count: number): number {
    this.#check(at, count);
    let number = 0;
    for (let i = count - 1; i >= 0; i--) number = number * 256 + this.bytes[at + i];
    return number;
  }

  /** Where something lies; undefined for the address that means nowhere. */
  #place(at: number): number | undefined {
    const place = this.#uint(at, this.#address);
    return place >= 2 ** (8 * this.#address) - 1 || place > 2 ** 60
      ? undefined
      : place + this.#base;
  }

  #size = (at: number) => this.#uint(at, this.#length);

  #text(at: number, count: number): string {
    this.#check(at, count);
    const own = this.bytes.subarray(at, at + count), end = own.indexOf(0);
    return this.#decoder.decode(end < 0 ? own : own.subarray(0, end));
  }

  #is(at: number, word: string): boolean {
    this.#check(at, word.length);
    return [...word].every((letter, i) => this.bytes[at + i] === letter.charCodeAt(0));
  }

  #step(): void {
    if (++this.#steps > MAX_STEPS) this.fail("it is damaged: it goes on without end");
  }

  #odd(what: string): never {
    return this.fail(`it is HDF5 with ${what}, which Keras does not write`);
  }

  // the file

  root(): Group {
    if (!isHdf5(this.bytes)) this.fail("it is no HDF5 file");
    const version = this.#u8(8);
    let at: number;
    if (version <= 1) {
      this.#sizes(13, 14);
      at = version === 0 ? 24 : 28;
      this.#base = this.#uint(at, this.#address);
      // behind four addresses, the root's entry: its name, its header
      at += 5 * this.#address;
    } else if (version <= 3) {
      this.#sizes(9, 10);
      this.#base = this.#uint(12, this.#address);
      at = 12 + 3 * this.#address;
    } else return this.#odd(`a superblock of version ${version}`);
    const header = this.#place(at) ?? this.fail("it is damaged: it has no root");
    const root = this.#object(header);
    return isGroup(root) ? root : this.fail("it is damaged: its root is no group");
  }

  #sizes(address: number, length: number): void {
    this.#address = this.#u8(address);
    this.#length = this.#u8(length);
    for (const size of [this.#address, this.#length]) {
      if (![2, 4, 8].includes(size)) this.#odd(`addresses of ${size} bytes`);
    }
  }

  #object(header: number): Group | Dataset {
    const messages = this.#messages(header);
    return messages.some(({ type }) => type === 0x08)
      ? this.#dataset(messages)
      : this.#group(messages);
  }

  /** The messages of an object's header, those of its continuations too. */
  #messages(header: number): Message[] {
    const found: Message[] = [], blocks: [at: number, bytes: number][] = [];
    const second = this.#is(header, "OHDR");
    let flags = 0;
    if (second) {
      flags = this.#u8(header + 5);
      const skip = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0), width = 1 << (flags & 3);
      blocks.push([header + skip + width, this.#uint(header + skip, width)]);
    } else {
      if (this.#u8(header) !== 1) this.fail("it is damaged: an object has no header");
      blocks.push([header + 16, this.#u32(header + 8)]);
    }
    const head = second ? 4 + (flags & 4 ? 2 : 0) : 8;
    for (let [at, bytes] of blocks) {
      this.#check(at, bytes);
      for (const end = at + bytes; at + head <= end;) {
        this.#step();
        const type = second ? this.#u8(at) : this.#u16(at);
        const size = this.#u16(at + (second ? 1 : 2));
        const message = { type, at: at + head, bytes: size };
        at += head + size;
        if (at > end) {
          if (second) break; // a gap at the block's end
          this.fail("it is damaged: a message ends behind its block");
        }
        if (type !== 0x10) found.push(message);
        else {
          const place = this.#place(message.at), length = this.#size(message.at + this.#address);
          if (place === undefined) this.fail("it is damaged: a header goes on nowhere");
          blocks.push(second ? [place + 4, length - 8] : [place, length]);
        }
      }
    }
    return found;
  }

  // groups

  #group(messages: readonly Message[]): Group {
    const children = new Map<string, number>();
    for (const { type, at } of messages) {
      if (type === 0x11) {
        const tree = this.#place(at), heap = this.#place(at + this.#address);
        if (tree === undefined || heap === undefined) {
          this.fail("it is damaged: a group is nowhere");
        }
        this.#walk(tree, this.#heap(heap), children, 0);
      } else if (type === 0x06) this.#link(at, children);
      else if (type === 0x02) {
        const dense = at + 2 + (this.#u8(at + 1) & 1 ? 8 : 0);
        if (this.#place(dense) !== undefined) this.#odd("a group of the dense kind");
      }
    }
    const made = new Map<string, Group | Dataset>();
    return {
      names: [...children.keys()],
      child: (name) => {
        const header = children.get(name);
        if (header === undefined) return undefined;
        this.#step();
        if (!made.has(name)) made.set(name, this.#object(header));
        return made.get(name);
      },
      attribute: (name) => this.#attribute(messages, name),
    };
  }

  /** Where the names of a group's children lie. */
  #heap(at: number): number {
    if (!this.#is(at, "HEAP")) this.fail("it is damaged: a group has no names");
    return this.#place(at + 8 + 2 * this.#length) ?? this.fail("it is damaged: names lie nowhere");
  }

  #walk(at: number, names: number, children: Map<string, number>, depth: number): void {
    this.#step();
    if (depth > MAX_DEPTH) this.fail("it is damaged: a group's tree is too deep");
    if (this.#is(at, "TREE")) {
      const count = this.#u16(at + 6);
      const first = at + 8 + 2 * this.#address + this.#length;
      for (let i = 0; i < count; i++) {
        const child = this.#place(first + i * (this.#length + this.#address));
        if (child !== undefined) this.#walk(child, names, children, depth + 1);
      }
    } else if (this.#is(at, "SNOD")) {
      const count = this.#u16(at + 6), entry = 2 * this.#address + 24;
      for (let i = 0; i < count; i++) {
        this.#step();
        const from = at + 8 + i * entry;
        const name = this.#terminated(names + this.#uint(from, this.#address));
        const header = this.#place(from + this.#address);
        if (header !== undefined) children.set(name, header);
      }
    } else this.fail("it is damaged: a group's tree is none");
  }

  #terminated(at: number): string {
    this.#check(at, 1);
    const end = this.bytes.indexOf(0, at);
    if (end < 0 || end - at > MAX_TEXT) this.fail("it is damaged: a name has no end");
    return this.#text(at, end - at);
  }

  #link(at: number, children: Map<string, number>): void {
    const flags = this.#u8(at + 1);
    let from = at + 2;
    const hard = !(flags & 8) || this.#u8(from++) === 0;
    from += (flags & 4 ? 8 : 0) + (flags & 0x10 ? 1 : 0);
    const width = 1 << (flags & 3), length = this.#uint(from, width);
    const name = this.#text(from + width, length);
    const header = hard ? this.#place(from + width + length) : undefined;
    if (header !== undefined) children.set(name, header);
  }

  // numbers and text

  #dataset(messages: readonly Message[]): Dataset {
    const message = (type: number) =>
      messages.find((m) => m.type === type) ??
        this.fail("it is damaged: a dataset is not described");
    const shape = this.#dataspace(message(0x01).at), type = this.#datatype(message(0x03).at);
    if (type.dtype === undefined) this.#odd("a dataset that is not of numbers");
    const needed = sizeOf(shape) * bytesPerNumber(type.dtype), layout = message(0x08).at;
    const version = this.#u8(layout), kind = this.#u8(layout + 1);
    if (version < 3 || version > 4) this.#odd(`a layout of version ${version}`);
    if (kind === 2) this.#odd("a dataset in chunks (compressed, perhaps)");
    const place = kind === 0 ? layout + 4 : this.#place(layout + 2);
    const length = kind === 0 ? this.#u16(layout + 2) : this.#size(layout + 2 + this.#address);
    if (needed === 0) return { shape, dtype: type.dtype, bytes: new Uint8Array() };
    if (place === undefined || length !== needed) {
      this.fail(`it is damaged: a dataset of [${shape.join(", ")}] has ${length} bytes`);
    }
    this.#check(place, needed);
    return { shape, dtype: type.dtype, bytes: this.bytes.subarray(place, place + needed) };
  }

  #dataspace(at: number): number[] {
    const version = this.#u8(at), rank = this.#u8(at + 1);
    if (version > 2 || version < 1) this.#odd(`a dataspace of version ${version}`);
    if (rank > MAX_RANK) this.fail(`it has a dataset of ${rank} axes; ${MAX_RANK} are the limit`);
    const first = at + (version === 1 ? 8 : 4);
    const shape = Array.from({ length: rank }, (_, i) => this.#size(first + i * this.#length));
    if (!(sizeOf(shape) <= this.bytes.length)) {
      this.fail(`it is damaged: it has a dataset of [${shape.join(", ")}]`);
    }
    return shape;
  }

  #datatype(at: number): Datatype {
    const kind = this.#u8(at) & 15, bits = this.#u8(at + 1), bytes = this.#u32(at + 4);
    if (kind === 9 && (bits & 15) === 1) return { kind: "long text", bytes };
    if (kind === 3) return { kind: "text", bytes };
    if (kind > 1 || bits & 1) return { kind: "number", bytes };
    const letter = kind === 1 ? "F" : bits & 8 ? "I" : "U";
    const dtype = ({
      F2: "F16",
      F4: "F32",
      F8: "F64",
      U1: "U8",
      I1: "I8",
      I2: "I16",
      I4: "I32",
      I8: "I64",
    } as const)[
      `${letter}${bytes}` as "F4"
    ] as Dtype | undefined;
    return { kind: "number", bytes, dtype };
  }

  #attribute(
    messages: readonly Message[],
    wanted: string,
  ): string | string[] | number[] | undefined {
    for (const { type, at } of messages) {
      if (type !== 0x0c) continue;
      const version = this.#u8(at);
      if (version < 1 || version > 3) this.#odd(`an attribute of version ${version}`);
      const sizes = [2, 4, 6].map((offset) => this.#u16(at + offset));
      const round = (size: number) => version === 1 ? Math.ceil(size / 8) * 8 : size;
      const name = at + (version === 3 ? 9 : 8);
      if (this.#text(name, sizes[0]) !== wanted) continue;
      const datatype = name + round(sizes[0]), dataspace = datatype + round(sizes[1]);
      const data = dataspace + round(sizes[2]);
      const shape = this.#dataspace(dataspace), element = this.#datatype(datatype);
      const list = Array.from({ length: sizeOf(shape) }, (_, i) => {
        this.#step();
        return this.#element(data + i * element.bytes, element);
      });
      if (shape.length === 0) return typeof list[0] === "string" ? list[0] : list as number[];
      return list as string[] | number[];
    }
    return undefined;
  }

  #element(at: number, { kind, bytes, dtype }: Datatype): string | number {
    if (kind === "text") return this.#text(at, bytes);
    if (kind === "long text") return this.#longText(at);
    this.#check(at, bytes);
    if (dtype === "F32") return this.#view.getFloat32(at, true);
    if (dtype === "F64") return this.#view.getFloat64(at, true);
    return this.#uint(at, Math.min(bytes, 8));
  }

  /** Text of any length: in a heap that many share. */
  #longText(at: number): string {
    const length = this.#u32(at),
      heap = this.#place(at + 4),
      index = this.#u32(at + 4 + this.#address);
    if (length === 0) return "";
    if (length > MAX_TEXT) this.fail(`it has a text of ${length} bytes; ${MAX_TEXT} are the limit`);
    if (heap === undefined || !this.#is(heap, "GCOL")) {
      this.fail("it is damaged: a text is nowhere");
    }
    const end = heap + this.#size(heap + 8), head = 8 + this.#length;
    for (let object = heap + 8 + this.#length; object + head <= end;) {
      this.#step();
      const number = this.#u16(object), size = this.#size(object + 8);
      if (number === index) {
        if (size < length) break;
        return this.#text(object + head, length);
      }
      if (number === 0) break;
      object += head + Math.ceil(size / 8) * 8;
    }
    return this.fail(`it is damaged: the text ${quoted(index)} is not in its heap`);
  }
}
