/** PyTorch's checkpoints (`torch.save`), zipped and legacy, read without executing anything. */
import type { Dtype } from "../../core/_widen.ts";
import type { Looking } from "../../core/looking.ts";
import { quoted } from "../../core/text.ts";
import { sizeOf } from "../../core/values.ts";
import { Reader } from "./_reader.ts";
import { dataOf, zipDirectory, type ZipPlace } from "./_zip.ts";
import { attributesOf, moduleTensors } from "./_module.ts";
import {
  isContiguous,
  type Storage,
  type Stored,
  storedBytes,
  type StoredTensors,
} from "./stored.ts";
import { Global, Inert, unpickle } from "./pickle.ts";

/** More networks than any trainer keeps in one file. */
const MAX_NESTED = 16;

/** The first object of a legacy checkpoint, as pickle protocols 2 and up write it. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** Where trainers put the state dict among epoch, optimizer and arguments. */
const NESTED = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "backbone",
  "params",
  "weights",
  // its moving average, which may lie beside it
  "ema",
  "ema_model",
  "ema_state_dict",
  "model_ema",
  "params_ema",
  "state_dict_ema",
];

/** Numbers that tensors are views of; where they lie is known once the whole pickle has been read. */
class Numbers implements Storage {
  at = -1;
  constructor(readonly key: string, readonly dtype: Dtype, readonly length: number) {}
}

/** More axes than any convolution's weights have. */
const MAX_RANK = 8;

/** A tensor as the pickle describes it. Its lists are its own: the pickle may go on to change those. */
class View implements Stored {
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    readonly storage: Numbers,
    readonly offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.shape = Object.freeze([...shape]);
    this.strides = Object.freeze([...strides]);
  }
}

/**
 * Finds the tensors of a zipped checkpoint (PyTorch 1.6 and later) of so many bytes.
 *
 * @throws UserError naming the file and the fault.
 */
export function* zippedPth(size: number, name: string): Looking<StoredTensors> {
  const entries = yield* zipDirectory(size, name);
  const archive: Reader = new Reader(none, name);
  const pickles = [...entries.keys()].filter((path) => /(^|\/)data\.pkl$/.test(path));
  if (pickles.length !== 1) {
    archive.fail(
      `it is a ZIP archive with ${pickles.length} "data.pkl", a PyTorch checkpoint has one`,
    );
  }
  const begins = function* (place: ZipPlace): Looking<number> {
    if (place.compressed) {
      archive.fail("its parts are compressed, which torch.save never does: save it again");
    }
    return yield* dataOf(place, size, name);
  };
  const content = function* (place: ZipPlace): Looking<Uint8Array> {
    return yield { at: yield* begins(place), length: place.bytes };
  };
  const root = pickles[0].slice(0, -"data.pkl".length), order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(yield* content(order)).trim() !== "little") {
    archive.fail("its numbers are not little-endian");
  }
  const storages = new Map<string, Numbers>();
  const pickle = new Reader(yield* content(entries.get(pickles[0])!), name);
  const checkpoint = readCheckpoint(pickle, storages);
  for (const storage of storages.values()) {
    const place = entries.get(`${root}data/${storage.key}`);
    if (!place) archive.fail(`the data of storage ${quote(storage.key)} is missing`);
    storage.at = yield* begins(place);
    const needed = storedBytes(storage);
    if (needed !== place.bytes) {
      archive.fail(
        `storage ${quote(storage.key)} should have ${needed} bytes, has ${place.bytes}`,
      );
    }
  }
  let end = 0;
  for (const storage of [...storages.values()].sort((a, b) => a.at - b.at)) {
    if (storage.at < end) archive.fail("its storages overlap");
    end = storage.at + storedBytes(storage);
  }
  return stored(archive, size, checkpoint);
}

const none = new Uint8Array();

/** How much of a legacy checkpoint is looked at first: its pickles are shorter, as a rule. */
const FIRST_BYTES = 2 ** 18;

/**
 * Finds the tensors of a legacy checkpoint (before PyTorch 1.6) of so many bytes: a row of pickles,
 * then the raw numbers of each storage.
 *
 * @throws UserError naming the file and the fault.
 */
export function* legacyPth(size: number, name: string): Looking<StoredTensors> {
  // how long its pickles are shows when they have been read
  for (let length = FIRST_BYTES;; length *= 4) {
    const begin = new Reader(yield { at: 0, length }, name);
    let pickles: Pickles;
    try {
      pickles = legacyPickles(begin);
    } catch (error) {
      if (length < size && begin.ranOut) continue;
      throw error;
    }
    return yield* placed(pickles, begin.at, size, name);
  }
}

/** What stands before a legacy checkpoint's numbers. */
interface Pickles {
  readonly checkpoint: unknown;
  readonly storages: ReadonlyMap<string, Numbers>;
  /** Of the storages, in the order of their numbers. */
  readonly keys: readonly unknown[];
}

function legacyPickles(file: Reader): Pickles {
  const none = { globals: new Map() };
  if (unpickle(file, none) !== LEGACY_MAGIC) {
    file.fail("it is a Python pickle, but not one that torch.save wrote");
  }
  const protocol = unpickle(file, none);
  if (protocol !== LEGACY_PROTOCOL) {
    file.fail(`its protocol is ${quote(protocol)}, not ${LEGACY_PROTOCOL}`);
  }
  const system = unpickle(file, none);
  if (!(system instanceof Map) || system.get("little_endian") !== true) {
    file.fail("its numbers are not little-endian");
  }
  const storages = new Map<string, Numbers>();
  const checkpoint = readCheckpoint(file, storages);
  const keys = unpickle(file, none);
  if (!Array.isArray(keys)) file.fail("its list of storages is not a list");
  return { checkpoint, storages, keys };
}

/** Finds the numbers behind the pickles: of each storage how many, and they themselves. */
function* placed(
  { checkpoint, storages, keys }: Pickles,
  begin: number,
  size: number,
  name: string,
): Looking<StoredTensors> {
  let at = begin;
  for (const key of keys) {
    const file: Reader = new Reader(yield { at, length: 8 }, name, 0, at);
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage || storage.at >= 0) {
      file.fail(`its list of storages has ${quote(key)} out of place`);
    }
    const length = file.u64();
    if (length !== storage.length) {
      file.fail(`storage ${quote(key)} should have ${storage.length} numbers, has ${length}`);
    }
    storage.at = at + 8;
    const bytes = storedBytes(storage), left = size - storage.at;
    if (bytes > left) {
      file.fail(
        `byte ${storage.at} begins something of ${bytes} bytes, but the file has ${left} left`,
      );
    }
    at = storage.at + bytes;
  }
  return stored(new Reader(none, name), size, checkpoint);
}

/** Reads the pickle that describes the tensors, and collects the storages that it refers to. */
function readCheckpoint(reader: Reader, storages: Map<string, Numbers>): unknown {
  const persistent = (id: unknown): unknown => {
    // a legacy file has each class with its source code
    if (Array.isArray(id) && id[0] === "module") return id[1];
    if (!Array.isArray(id) || id[0] !== "storage") {
      reader.fail("it refers to something other than numbers; save model.state_dict() instead");
    }
    const [, type, key, , length, part] = id;
    const dtype = type instanceof Global ? storageTypes.get(type.name) : undefined;
    if (!dtype || typeof key !== "string" || !isSize(length)) {
      reader.fail(`it describes storage ${quote(key)} in a way that PyTorch does not`);
    }
    if (part !== undefined && part !== null) {
      reader.fail("its storages are parts of others, as PyTorch 0.x wrote them: save it again");
    }
    const storage = storages.get(key) ?? new Numbers(key, dtype, length);
    if (storage.dtype !== dtype || storage.length !== length) {
      reader.fail(`it describes storage ${quote(key)} in two ways`);
    }
    storages.set(key, storage);
    return storage;
  };
  return unpickle(reader, { globals: allowed(reader), inert: true, persistent });
}

/** The number format of each type of storage. */
const storageTypes = new Map<string, Dtype>(
  Object.entries(
    {
      DoubleStorage: "F64",
      FloatStorage: "F32",
      HalfStorage: "F16",
      BFloat16Storage: "BF16",
      LongStorage: "I64",
      IntStorage: "I32",
      ShortStorage: "I16",
      CharStorage: "I8",
      ByteStorage: "U8",
      BoolStorage: "BOOL",
    } as const,
  ).flatMap(([type, dtype]) => [[`torch.${type}`, dtype], [`torch.cuda.${type}`, dtype]] as const),
);

/** The names of a checkpoint that mean something here, with what calling them gives: data, always. */
function allowed(reader: Reader): Map<string, Global> {
  const rebuildTensor = ([storage, offset, shape, strides]: unknown[]): View => {
    if (Array.isArray(shape) && shape.length > MAX_RANK) {
      reader.fail(`it has a tensor of ${shape.length} axes, at most ${MAX_RANK} are read`);
    }
    if (
      !(storage instanceof Numbers) || !isSize(offset) || !isSizes(shape) || !isSizes(strides) ||
      shape.length !== strides.length
    ) {
      reader.fail("it describes a tensor in a way that PyTorch does not");
    }
    return new View(storage, offset, shape, strides);
  };
  const map = () => new Map();
  const set = ([items]: unknown[]) => new Set(Array.isArray(items) ? items.splice(0) : []);
  const calls: Record<string, (args: unknown[]) => unknown> = {
    "torch._utils._rebuild_tensor": rebuildTensor,
    "torch._utils._rebuild_tensor_v2": rebuildTensor,
    "torch._utils._rebuild_parameter": ([data]) => data,
    "torch._utils._rebuild_parameter_with_state": ([data]) => data,
    "torch._tensor._rebuild_from_type_v2": ([rebuild, , args]) =>
      rebuild instanceof Global && rebuild.call && Array.isArray(args) ? rebuild.call(args) : null,
    "torch.Size": ([sizes]) => sizes,
    "builtins.set": set,
    "__builtin__.set": set,
    "collections.Counter": map,
    "collections.defaultdict": map,
    "collections.OrderedDict": ([pairs]) => {
      if (pairs === undefined) return new Map();
      if (Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
        // Emptied, since a pickle may pass one list to many calls, and each copy would take memory.
        return new Map(pairs.splice(0));
      }
      return reader.fail("an OrderedDict in it is not made of pairs");
    },
  };
  return new Map(Object.entries(calls).map(([name, call]) => [name, new Global(name, call)]));
}

/** Finds the state dict in a checkpoint, and checks its tensors; other entries are dropped. */
function stored(file: Reader, fileBytes: number, checkpoint: unknown): StoredTensors {
  const views = findViews(file, checkpoint) ??
    file.fail(`it holds no state dict, ${found(checkpoint)}`);
  // Views of one number can claim any shape: no more is copied than the file has bytes.
  let left = fileBytes;
  for (const [key, view] of views) {
    const { storage, offset, shape, strides } = view;
    if (storage.at < 0) file.fail(`the data of storage ${quote(storage.key)} is missing`);
    const length = sizeOf(shape);
    if (!Number.isSafeInteger(length)) file.fail(`${quote(key)} claims ${length} numbers`);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset);
    if (length > 0 ? last >= storage.length : offset > storage.length) {
      file.fail(`${quote(key)} reaches beyond its storage of ${storage.length} numbers`);
    }
    if (isContiguous(view)) continue;
    left -= length;
    if (!(left >= 0)) file.fail(`${quote(key)} claims ${length} numbers, more than are there`);
  }
  return views;
}

/**
 * The tensors of the state dict, or of the module, that is `checkpoint` or is nested in it: under usual
 * names, else under others. Of several, each one's names begin with its own, so that what fits can be
 * told.
 */
function findViews(
  file: Reader,
  checkpoint: unknown,
  depth = 2,
  seen = new Set<unknown>(),
): Map<string, View> | undefined {
  if (seen.has(checkpoint)) return undefined;
  seen.add(checkpoint); // a dict may hold itself
  if (checkpoint instanceof Inert) {
    const own = moduleTensors(checkpoint, (reason) => file.fail(reason));
    if (own) return ofViews(own);
    return findViews(
      file,
      checkpoint.items.size ? checkpoint.items : attributesOf(checkpoint),
      depth,
      seen,
    );
  }
  if (!(checkpoint instanceof Map)) return undefined;
  const inside = (names: Iterable<unknown>) =>
    depth > 0 ? joined(file, checkpoint, names, depth, seen) : undefined;
  return inside(NESTED) ?? ofViews(checkpoint) ?? inside(checkpoint.keys());
}

/** What is a tensor; undefined where nothing is. */
function ofViews(entries: Map<unknown, unknown>): Map<string, View> | undefined {
  const views = [...entries].filter((entry): entry is [string, View] =>
    typeof entry[0] === "string" && entry[1] instanceof View
  );
  return views.length ? new Map(views) : undefined;
}

/** The tensors of all state dicts under these names. */
function joined(
  file: Reader,
  checkpoint: Map<unknown, unknown>,
  names: Iterable<unknown>,
  depth: number,
  seen: Set<unknown>,
): Map<string, View> | undefined {
  const found: [string, Map<string, View>][] = [];
  for (const name of names) {
    if (typeof name !== "string") continue;
    const views = findViews(file, checkpoint.get(name), depth - 1, seen);
    if (views) found.push([name, views]);
    if (found.length > MAX_NESTED) break;
  }
  if (found.length < 2) return found[0]?.[1];
  return new Map(
    found.flatMap(([name, views]) => [...views].map(([key, view]) => [`${name}.${key}`, view])),
  );
}

function found(checkpoint: unknown): string {
  if (checkpoint instanceof View) return `but one tensor of shape [${checkpoint.shape}]`;
  if (checkpoint instanceof Inert) {
    return `but an object of ${quote(checkpoint.name)} without tensors`;
  }
  if (!(checkpoint instanceof Map)) return "and is no dict either";
  const keys = [...checkpoint.keys()].slice(0, 8).map(quote).join(", ");
  return `but ${checkpoint.size} entries without tensors: ${keys}`;
}

const isSize = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isSizes = (x: unknown): x is number[] =>
  Array.isArray(x) && x.length <= MAX_RANK && x.every(isSize);
/** Text and numbers, but nothing else. */
const quote = (x: unknown): string =>
  ["string", "number", "boolean"].includes(typeof x) ? quoted(x) : "…";
