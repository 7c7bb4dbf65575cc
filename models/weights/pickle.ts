/**
 * Python's pickle format as data: a reader that builds lists, maps, numbers and text, and executes
 * nothing. A pickle is a program for a stack machine that may name and call any Python function;
 * here a call is whatever the caller says it is, and of a class that the caller does not know comes an
 * object that can do nothing: its name and what was set on it.
 */
import { UserError } from "../../core/errors.ts";
import { toHex } from "../../core/hex.ts";
import type { Reader } from "./_reader.ts";

/** A Python name that a pickle may mention; `call` is what calling it gives here. */
export class Global {
  constructor(readonly name: string, readonly call?: (args: unknown[]) => unknown) {}
}

/** An object of a class that is not known here: what it was made of and given, no behaviour. */
export class Inert {
  /** What BUILD set on it: a dict of its attributes, as a rule. */
  state: unknown = null;
  /** Its items, where it is also a dict. */
  readonly items = new Map<unknown, unknown>();

  constructor(readonly name: string) {}
}

/** What a pickle may mention. */
export interface PickleOptions {
  /** The known names, as `module.name`. */
  readonly globals: ReadonlyMap<string, Global>;
  /** Whether other names become {@link Inert}; default false: they are refused. */
  readonly inert?: boolean;
  /** Resolves a persistent id: what the pickle keeps outside of itself. */
  readonly persistent?: (id: unknown) => unknown;
}

/** Far above any checkpoint's need (a tensor takes about 30), low enough to bound time and memory. */
const MAX_STEPS = 2 ** 21;
/** Lists, dicts and calls: an operation of one byte makes one, and each takes hundreds of bytes. */
const MAX_CONTAINERS = 2 ** 19;
/** Far above any hash or seed. */
const MAX_INTEGER_BYTES = 256;

const decoder = new TextDecoder();

/**
 * Modules whose names are never inert: a file that asks for these would act if Python read it, and
 * its reader should hear of it.
 */
const ACTING =
  /^((builtins|__builtin__)\.(eval|exec|execfile|compile|__import__|open|input|breakpoint)$|(os|nt|posix|sys|subprocess|commands|shutil|socket|importlib|imp|runpy|code|codeop|pty|pip|ctypes|webbrowser|urllib|http|requests|asyncio|multiprocessing|threading|marshal|pickle|timeit|pdb|bdb|torch\.hub|torch\.utils\.cpp_extension)\.|torch\.storage\._load_from_bytes$)/;

/**
 * Reads one pickle (protocols 0 to 5) from `reader`, which is left behind it.
 *
 * Lists and tuples become arrays, dicts `Map`s, sets `Set`s, bytes `Uint8Array`s, integers beyond
 * 2^53 `bigint`s, None `null`. State that an object would set on itself (BUILD) is kept by inert ones
 * and else dropped.
 *
 * @throws UserError where the pickle is damaged or names what is neither known nor inert.
 */
export function unpickle(
  reader: Reader,
  { globals, inert = false, persistent }: PickleOptions,
): unknown {
  const stack: unknown[] = [];
  const marks: number[] = [];
  const memo = new Map<number, unknown>();
  const damaged = (what: string) => reader.fail(`its pickle is damaged at byte ${start}: ${what}`);
  let start = reader.at, containers = 0;

  /** What holds others; so many, and no more. */
  const made = <T>(container: T): T =>
    ++containers > MAX_CONTAINERS
      ? reader.fail(`its pickle makes more than ${MAX_CONTAINERS} lists and dicts`)
      : container;
  const pop = (): unknown => {
    if (stack.length <= (marks.at(-1) ?? 0)) damaged("it takes more than it has put");
    return stack.pop();
  };
  const popMany = (count: number) => Array.from({ length: count }, pop).reverse();
  const popMark = (): unknown[] => stack.splice(marks.pop() ?? damaged("a mark is missing"));
  const text = (bytes: Uint8Array) => decoder.decode(bytes);
  const ascii = () => text(reader.line());
  const number = (digits: string, convert: (digits: string) => number) => {
    const value = convert(digits);
    return digits.trim() === "" || Number.isNaN(value) ? damaged("a number is none") : value;
  };
  const recall = (key: number) =>
    memo.has(key) ? memo.get(key) : damaged(`it recalls ${key}, which it never kept`);
  const keep = (key: number) => {
    const value = pop();
    stack.push(value);
    memo.set(key, value);
  };
  const mention = (module: unknown, name: unknown): Global => {
    const full = `${module}.${name}`, known = globals.get(full);
    if (known) return known;
    if (!inert || ACTING.test(full)) return refuse(reader, full);
    return new Global(full, () => new Inert(full));
  };
  const call = (callee: unknown, args: unknown): unknown => {
    if (callee instanceof Inert) return made(new Inert(callee.name)); // what a call gave is called
    if (!(callee instanceof Global)) return damaged("it calls what is not a function");
    if (!callee.call) return refuse(reader, callee.name);
    if (!Array.isArray(args)) return damaged(`it calls ${callee.name} without arguments`);
    return made(callee.call(args));
  };
  const persist = (id: unknown) =>
    persistent ? persistent(id) : damaged("it refers to data outside of itself");
  const extend = (items: unknown[]) => {
    const target = stack.at(-1);
    if (Array.isArray(target)) { for (const item of items) target.push(item); }
    else if (target instanceof Set) { for (const item of items) target.add(item); }
    else if (target instanceof Inert) return; // a list of a kind that is not known
    else damaged("it adds items to what is not a list");
  };
  const assign = (pairs: unknown[]) => {
    const object = stack.at(-1), target = object instanceof Inert ? object.items : object;
    if (!(target instanceof Map)) return damaged("it sets items of what is not a dict");
    if (pairs.length % 2) damaged("a dict has a key without a value");
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  };

  for (let step = 0; step < MAX_STEPS; step++) {
    start = reader.at;
    const code = reader.u8();
    switch (opcodes[code]) {
      case "PROTO": {
        const protocol = reader.u8();
        if (protocol > 5) damaged(`protocol ${protocol} is unknown`);
        break;
      }
      case "FRAME":
        reader.take(8); // a hint for buffered reading
        break;
      case "STOP":
        return pop();

      case "NONE":
        stack.push(null);
        break;
      case "NEWTRUE":
        stack.push(true);
        break;
      case "NEWFALSE":
        stack.push(false);
        break;
      case "BININT":
        stack.push(reader.i32());
        break;
      case "BININT1":
        stack.push(reader.u8());
        break;
      case "BININT2":
        stack.push(reader.u16());
        break;
      case "LONG1":
        stack.push(integer(reader, reader.u8()));
        break;
      case "LONG4":
        stack.push(integer(reader, reader.u32()));
        break;
      case "INT": {
        const digits = ascii();
        // Protocol 0 has no other way to say a boolean.
        stack.push(/^0[01]$/.test(digits) ? digits === "01" : number(digits, Number));
        break;
      }
      case "LONG":
        stack.push(number(ascii().replace(/L$/, ""), Number));
        break;
      case "FLOAT":
        stack.push(number(ascii(), Number));
        break;
      case "BINFLOAT":
        stack.push(reader.f64());
        break;

      case "STRING":
        stack.push(ascii().replace(/^(['"])(.*)\1$/, "$2"));
        break;
      case "UNICODE":
        stack.push(ascii());
        break;
      case "SHORT_BINSTRING":
      case "SHORT_BINUNICODE":
        stack.push(text(reader.take(reader.u8())));
        break;
      case "BINSTRING":
      case "BINUNICODE":
        stack.push(text(reader.take(reader.u32())));
        break;
      case "BINUNICODE8":
        stack.push(text(reader.take(reader.u64())));
        break;
      case "SHORT_BINBYTES":
        stack.push(made(reader.take(reader.u8())));
        break;
      case "BINBYTES":
        stack.push(made(reader.take(reader.u32())));
        break;
      case "BINBYTES8":
      case "BYTEARRAY8":
        stack.push(made(reader.take(reader.u64())));
        break;

      case "MARK":
        marks.push(stack.length);
        break;
      case "POP":
        if (stack.length === marks.at(-1)) marks.pop();
        else pop();
        break;
      case "POP_MARK":
        popMark();
        break;
      case "DUP": {
        const top = pop();
        stack.push(top, top);
        break;
      }
      case "EMPTY_TUPLE":
      case "EMPTY_LIST":
        stack.push(made([]));
        break;
      case "TUPLE":
      case "LIST":
        stack.push(made(popMark()));
        break;
      case "TUPLE1":
        stack.push(made(popMany(1)));
        break;
      case "TUPLE2":
        stack.push(made(popMany(2)));
        break;
      case "TUPLE3":
        stack.push(made(popMany(3)));
        break;
      case "APPEND":
        extend(popMany(1));
        break;
      case "APPENDS":
      case "ADDITEMS":
        extend(popMark());
        break;
      case "EMPTY_SET":
        stack.push(made(new Set()));
        break;
      case "FROZENSET":
        stack.push(made(new Set(popMark())));
        break;
      case "EMPTY_DICT":
        stack.push(made(new Map()));
        break;
      case "DICT": {
        const pairs = popMark();
        stack.push(made(new Map()));
        assign(pairs);
        break;
      }
      case "SETITEM":
        assign(popMany(2));
        break;
      case "SETITEMS":
        assign(popMark());
        break;

      case "GET":
        stack.push(recall(number(ascii(), Number)));
        break;
      case "BINGET":
        stack.push(recall(reader.u8()));
        break;
      case "LONG_BINGET":
        stack.push(recall(reader.u32()));
        break;
      case "PUT":
        keep(number(ascii(), Number));
        break;
      case "BINPUT":
        keep(reader.u8());
        break;
      case "LONG_BINPUT":
        keep(reader.u32());
        break;
      case "MEMOIZE":
        keep(memo.size);
        break;

      case "GLOBAL":
        stack.push(mention(ascii(), ascii()));
        break;
      case "STACK_GLOBAL": {
        const [module, name] = popMany(2);
        if (typeof module !== "string" || typeof name !== "string") damaged("a name is not text");
        stack.push(mention(module, name));
        break;
      }
      case "REDUCE":
      case "NEWOBJ": {
        const [callee, args] = popMany(2);
        stack.push(call(callee, args));
        break;
      }
      case "NEWOBJ_EX": {
        const [callee, args] = popMany(3);
        stack.push(call(callee, args));
        break;
      }
      case "BUILD": {
        const state = pop(), object = stack.at(-1);
        if (object instanceof Inert) object.state = state;
        break;
      }
      case "PERSID":
        stack.push(persist(ascii()));
        break;
      case "BINPERSID":
        stack.push(persist(pop()));
        break;

      default:
        damaged(`operation 0x${code.toString(16).padStart(2, "0")} is unknown`);
    }
  }
  return reader.fail(`its pickle takes more than ${MAX_STEPS} steps: no checkpoint needs so many`);
}

/** Two's complement, little-endian. */
function integer(reader: Reader, count: number): number | bigint {
  if (count > MAX_INTEGER_BYTES) reader.fail(`it holds an integer of ${count} bytes`);
  const digits = toHex(reader.take(count).toReversed());
  const value = BigInt.asIntN(8 * count, BigInt(`0x0${digits}`));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function refuse(reader: Reader, name: string): never {
  throw new UserError(
    `Cannot read "${reader.name}": it asks to run Python's ${JSON.stringify(name.slice(0, 80))}, ` +
      `which loading weights does not need. Nothing of the file was executed. Save the weights ` +
      `alone, torch.save(model.state_dict(), …), or as .safetensors`,
  );
}

const opcodes: Record<number, string> = {
  0x28: "MARK",
  0x29: "EMPTY_TUPLE",
  0x2e: "STOP",
  0x30: "POP",
  0x31: "POP_MARK",
  0x32: "DUP",
  0x42: "BINBYTES",
  0x43: "SHORT_BINBYTES",
  0x46: "FLOAT",
  0x47: "BINFLOAT",
  0x49: "INT",
  0x4a: "BININT",
  0x4b: "BININT1",
  0x4c: "LONG",
  0x4d: "BININT2",
  0x4e: "NONE",
  0x50: "PERSID",
  0x51: "BINPERSID",
  0x52: "REDUCE",
  0x53: "STRING",
  0x54: "BINSTRING",
  0x55: "SHORT_BINSTRING",
  0x56: "UNICODE",
  0x58: "BINUNICODE",
  0x5d: "EMPTY_LIST",
  0x61: "APPEND",
  0x62: "BUILD",
  0x63: "GLOBAL",
  0x64: "DICT",
  0x65: "APPENDS",
  0x67: "GET",
  0x68: "BINGET",
  0x6a: "LONG_BINGET",
  0x6c: "LIST",
  0x70: "PUT",
  0x71: "BINPUT",
  0x72: "LONG_BINPUT",
  0x73: "SETITEM",
  0x74: "TUPLE",
  0x75: "SETITEMS",
  0x7d: "EMPTY_DICT",
  0x80: "PROTO",
  0x81: "NEWOBJ",
  0x85: "TUPLE1",
  0x86: "TUPLE2",
  0x87: "TUPLE3",
  0x88: "NEWTRUE",
  0x89: "NEWFALSE",
  0x8a: "LONG1",
  0x8b: "LONG4",
  0x8c: "SHORT_BINUNICODE",
  0x8d: "BINUNICODE8",
  0x8e: "BINBYTES8",
  0x8f: "EMPTY_SET",
  0x90: "ADDITEMS",
  0x91: "FROZENSET",
  0x92: "NEWOBJ_EX",
  0x93: "STACK_GLOBAL",
  0x94: "MEMOIZE",
  0x95: "FRAME",
  0x96: "BYTEARRAY8",
};
