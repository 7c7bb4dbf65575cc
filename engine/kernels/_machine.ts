/** The memory of TensorFlow.js's WebAssembly backend, and our module's functions on it. */
import type * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { Pool, type Thrift } from "../threads/pool.ts";
import { tensorOf } from "./_tensors.ts";

/** What TensorFlow.js's BackendWasm has besides its published interface. */
interface WasmBackend {
  wasm: { asm: { memory: WebAssembly.Memory } };
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  getMemoryOffset(dataId: tf.DataId): number;
  refCount(dataId: tf.DataId): number;
}

/** Multiply-adds that take as long as reading and writing a number. */
export const TOUCH = 8;

/** What the module's functions are called with: addresses in bytes, sizes, numbers. */
type Numbers = readonly number[];

/** Functions of simd/, each called once for every part of its work. */
export interface Machine {
  readonly memory: WebAssembly.Memory;
  /** The threads that share the work; undefined where memory is not shared. */
  readonly pool?: Pool;
  /** Where a tensor's numbers lie. */
  at(tensor: tf.Tensor): number;
  /** Whether no other tensor has the same numbers in the same place. */
  isAlone(tensor: tf.Tensor): boolean;
  /** Makes a tensor whose numbers are what was there. @throws UserError where the memory is full. */
  output<T extends tf.Tensor>(shape: number[]): T;
  /** How many threads a job of so many multiply-adds gets: scratch memory is for so many. */
  threadsFor(work: number): number;
  /** Computes `parts` parts of a function on so many threads, default as many as the work pays for. */
  run(name: string, numbers: Numbers, parts: number, work: number, threads?: number): void;
}

/** The functions of `module` on the memory of `host`, a BackendWasm. */
export function machine(host: object, module: WebAssembly.Module, thrift?: Thrift): Machine {
  const backend = host as WasmBackend;
  // The module sees the memory grow; views of its buffer would not, and none are kept.
  const { memory } = backend.wasm.asm;
  const functions = new WebAssembly.Instance(module, { env: { memory } })
    .exports as Record<string, (...numbers: number[]) => void>;
  const pool = memory.buffer instanceof ArrayBuffer
    ? undefined
    : new Pool({ module, memory }, thrift);
  const at = (x: tf.Tensor) => backend.getMemoryOffset(x.dataId) >>> 0;
  const threadsFor = (work: number) => pool?.threadsFor(work) ?? 1;
  return {
    memory,
    pool,
    at,
    isAlone: (x) => backend.refCount(x.dataId) === 1,
    output<T extends tf.Tensor>(shape: number[]) {
      const y = tensorOf<T>(backend.makeOutput(shape, "float32"));
      if (y.size > 0 && at(y) === 0) { // malloc's word for failure, which TensorFlow.js does not look at
        y.dispose();
        throw new UserError(
          `Cannot make a tensor of ${
            shape.join("×")
          } numbers: the 4 GB of the backend "wasm" are ` +
            `full. A smaller image, a smaller batch or the backend "webgpu" would help.`,
        );
      }
      return y;
    },
    threadsFor,
    run(name, numbers, parts, work, threads = threadsFor(work)) {
      if (pool && threads > 1 && parts > 1) return pool.run(name, numbers, parts);
      const call = functions[name];
      for (let part = 0; part < parts; part++) call(...numbers, part, 0);
    },
  };
}
