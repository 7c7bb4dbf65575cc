/** PyTorch's checkpoints (`torch.save`), zipped and legacy, read without executing anything. */
import { bytesPerNumber, type Dtype, widen } from "../../core/_widen.ts";
import { quoted } from "../../core/text.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { Reader } from "./_reader.ts";
import { zipEntries, type ZipEntry } from "./_zip.ts";
import { attributesOf, moduleTensors } from "./_module.ts";
import { Global, Inert, unpickle } from "./pickle.ts";

/** Tensors by PyTorch's names, in PyTorch's layout. */
export type StateDict = Map<string, Values>;

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

/** Numbers that tensors are views of; `data` is at hand once the whole pickle has been read. */
class Storage {
  data?: Float32Array;
  constructor(readonly key: string, readonly dtype: Dtype, readonly length: number) {}
}

/** More axes than any convolution's weights have. */
const MAX_RANK = 8;

/** A tensor as the pickle describes it. Its lists are its own: the pickle may go on to change those. */
class View {
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    readonly storage: Storage,
    readonly offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.shape = Object.freeze([...shape]);
    this.strides = Object.freeze([...strides]);
  }
}

/**
 * Reads the state dict of a zipped checkpoint (PyTorch 1.6 and later).
 *
 * @throws UserError naming the file and the fault.
 */
export function readZippedPth(bytes: Uint8Array, name: string): StateDict {
  const file: Reader = new Reader(bytes, name);
  const entries = zipEntries(bytes, name);
  const pickles = [...entries.keys()].filter((path) => /(^|\/)data\.pkl$/.test(path));
  if (pickles.length !== 1) {
    file.fail(
      `it is a ZIP archive with ${pickles.length} "data.pkl", a PyTorch checkpoint has one`,
    );
  }
  const root = pickles[0].slice(0, -"data.pkl".length);
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(stored(file, order)).trim() !== "little") {
    file.fail("its numbers are not little-endian");
  }
  const storages = new Map<string, Storage>();
  const pickle = new Reader(stored(file, entries.get(pickles[0])!), name);
  const checkpoint = readCheckpoint(pickle, storages);

  // Entries may overlap, and widened they take up to four times the memory.
  let left = bytes.length;
  for (const storage of storages.values()) {
    const entry = entries.get(`${root}data/${storage.key}`);
    if (!entry) file.fail(`the data of storage ${quote(storage.key)} is missing`);
    const data = stored(file, entry);
    const needed = storage.length * bytesPerNumber(storage.dtype);
    if (needed !== data.length) {
      file.fail(`storage ${quote(storage.key)} should have ${needed} bytes, has ${data.length}`);
    }
    left -= needed;
    if (left < 0) file.fail("its storages overlap");
    storage.data = widen(data, storage.dtype);
  }
  return stateDict(file, checkpoint);
}

/**
 * Reads the state dict of a legacy checkpoint (before PyTorch 1.6): a row of pickles, then the raw
 * numbers of each storage.
 *
 * @throws UserError naming the file and the fault.
 */
export function readLegacyPth(bytes: Uint8Array, name: string): StateDict {
  const file: Reader = new Reader(bytes, name);
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
  const storages = new Map<string, Storage>();
  const checkpoint = readCheckpoint(file, storages);

  const keys = unpickle(file, none);
  if (!Array.isArray(keys)) file.fail("its list of storages is not a list");
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage || storage.data) file.fail(`its list of storages has ${quote(key)} out of place`);
    const length = file.u64();
    if (length !== storage.length) {
      file.fail(`storage ${quote(key)} should have ${storage.length} numbers, has ${length}`);
    }
    storage.data = widen(file.take(length * bytesPerNumber(storage.dtype)), storage.dtype);
  }
  return stateDict(file, checkpoint);
}

function stored(file: Reader, { data, compressed }: ZipEntry): Uint8Array {
  if (compressed) file.fail("its parts are compressed, which torch.save never does: save it again");
  return data;
}

/** Reads the pickle that describes the tensors, and collects the storages that it refers to. */
function readCheckpoint(reader: Reader, storages: Map<string, Storage>): unknown {
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
    const storage = storages.get(key) ?? new Storage(key, dtype, length);
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
      !(storage instanceof Storage) || !isSize(offset) || !isSizes(shape) || !isSizes(strides) ||
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

/** Finds the state dict in a checkpoint and reads its tensors; other entries are dropped. */
function stateDict(file: Reader, checkpoint: unknown): StateDict {
  const views = findViews(file, checkpoint) ??
    file.fail(`it holds no state dict, ${found(checkpoint)}`);
  // Views of one number can claim any shape: no more is copied than the file has bytes.
  let left = file.bytes.length;
  const tensors: StateDict = new Map();
  for (const [key, view] of views) {
    const { storage, offset, shape, strides } = view;
    const { data } = storage;
    if (!data) file.fail(`the data of storage ${quote(storage.key)} is missing`);
    const length = sizeOf(shape);
    if (!Number.isSafeInteger(length)) file.fail(`${quote(key)} claims ${length} numbers`);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset);
    if (length > 0 ? last >= data.length : offset > data.length) {
      file.fail(`${quote(key)} reaches beyond its storage of ${data.length} numbers`);
    }
    if (isContiguous(view)) {
      tensors.set(key, values(data.subarray(offset, offset + length), shape));
    } else {
      left -= length;
      if (!(left >= 0)) file.fail(`${quote(key)} claims ${length} numbers, more than are there`);
      tensors.set(key, values(gather(data, view, length), shape));
    }
  }
  return tensors;
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

function isContiguous({ shape, strides }: View): boolean {
  if (sizeOf(shape) === 0) return true;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** Copies a view row-major. */
function gather(data: Float32Array, { offset, shape, strides }: View, length: number) {
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

const isSize = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isSizes = (x: unknown): x is number[] =>
  Array.isArray(x) && x.length <= MAX_RANK && x.every(isSize);
/** Text and numbers, but nothing else. */
const quote = (x: unknown): string =>
  ["string", "number", "boolean"].includes(typeof x) ? quoted(x) : "…";
