/** The tensors of an open file, and how their numbers come to where they are wanted. */
import { widen } from "../../core/_widen.ts";
import { sizeOf } from "../../core/values.ts";
import type { OpenWeights, TakeNumbers, WeightTensor } from "../../run/model.ts";
import type { Once } from "../_once.ts";
import {
  isContiguous,
  type Storage,
  type Stored,
  storedBytes,
  type StoredTensors,
  viewOf,
} from "./stored.ts";

/** What is done where a file was read, and where it is no longer needed. */
export interface Afterwards {
  /** Is told the SHA-256. */
  check?(sha256: string): unknown;
  close?(): Promise<void>;
}

/** A file's tensors, ready to be read. */
export function opened(
  file: Once,
  tensors: StoredTensors,
  source: string,
  { check, close }: Afterwards,
): OpenWeights {
  const finished = async () => {
    const sha256 = await file.sha256();
    await check?.(sha256);
    return sha256;
  };
  return {
    tensors,
    source,
    async read(wanted) {
      for (const [storage, parts] of inOrder(tensors, wanted)) await give(file, storage, parts);
      return await finished();
    },
    async readAll() {
      const read = new Map<Storage, Float32Array>();
      for (const storage of inPlace([...tensors.values()].map(({ storage }) => storage))) {
        read.set(storage, await whole(file, storage));
      }
      const sha256 = await finished();
      const views = [...tensors].map(([key, tensor]) =>
        [key, viewOf(read.get(tensor.storage)!, tensor)] as const
      );
      return { tensors: new Map(views), sha256 };
    },
    [Symbol.asyncDispose]: async () => await close?.(),
  };
}

/** A tensor that is wanted, and who takes it. */
type Part = readonly [tensor: Stored, take: TakeNumbers];

/** Each once, as they lie in the file. */
const inPlace = (storages: Iterable<Storage>): Storage[] =>
  [...new Set(storages)].sort((a, b) => a.at - b.at);

/** The storages of which something is wanted, as they lie in the file, each with what that is. */
function inOrder(
  tensors: StoredTensors,
  wanted: ReadonlyMap<WeightTensor, TakeNumbers>,
): (readonly [Storage, Part[]])[] {
  const parts = new Map<Storage, Part[]>();
  for (const tensor of tensors.values()) {
    const take = wanted.get(tensor);
    if (!take) continue;
    const of = parts.get(tensor.storage) ?? [];
    parts.set(tensor.storage, of);
    of.push([tensor, take]);
  }
  return inPlace(parts.keys()).map((storage) => [storage, parts.get(storage)!]);
}

/** The numbers of a storage, in pieces. */
async function* numbersOf(
  file: Once,
  storage: Storage,
): AsyncGenerator<{ numbers: Float32Array; at: number }> {
  let at = 0;
  for await (const bytes of file.pieces(storage.at, storage.at + storedBytes(storage))) {
    const numbers = widen(bytes, storage.dtype);
    yield { numbers, at };
    at += numbers.length;
  }
}

/** All numbers of a storage. */
async function whole(file: Once, storage: Storage): Promise<Float32Array> {
  const all = new Float32Array(storage.length);
  for await (const { numbers, at } of numbersOf(file, storage)) all.set(numbers, at);
  return all;
}

/** Reads a storage and gives each part to its taker. */
async function give(file: Once, storage: Storage, parts: readonly Part[]): Promise<void> {
  if (!parts.every(([tensor]) => isContiguous(tensor))) {
    const all = await whole(file, storage);
    for (const [tensor, take] of parts) take(viewOf(all, tensor), 0);
    return;
  }
  for await (const { numbers, at } of numbersOf(file, storage)) {
    for (const [{ shape, offset }, take] of parts) {
      const from = Math.max(offset, at);
      const to = Math.min(offset + sizeOf(shape), at + numbers.length);
      if (from < to) take(numbers.subarray(from - at, to - at), from - offset);
    }
  }
}
