/** Starts TensorFlow.js's WebAssembly backend, on memory that threads share where that may be. */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

const FILE = "tfjs-backend-wasm-simd.wasm";

/** All files that TensorFlow.js wants to know of; it uses one. */
const FILES = [FILE, "tfjs-backend-wasm.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

/** A WebAssembly module's section of memories, and in its limits the bit of those that are shared. */
const MEMORY_SECTION = 5, SHARED = 2;

/**
 * A WebAssembly module whose own memory threads may share; else it stays as it is. TensorFlow.js has a
 * build for threads of its own, which are others than ours, and start with the program.
 *
 * @throws RangeError where it has no memory of its own with an upper limit.
 */
export function withSharedMemory(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = module.slice();
  let at = 8; // behind the magic number and the version
  /** An unsigned number in groups of seven bits, the lowest first. */
  const number = () => {
    let value = 0;
    for (let bits = 0;; bits += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** bits;
      if (!(byte & 128)) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++], size = number(), end = at + size;
    if (section === MEMORY_SECTION && number() === 1 && bytes[at] === 1) {
      bytes[at] |= SHARED;
      return bytes;
    }
    at = end;
  }
  throw new RangeError("The module has no memory of its own with an upper limit");
}

/** Why threads cannot share memory here; undefined where they can. */
export function noSharedMemory(): string | undefined {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof
        SharedArrayBuffer
      ? undefined
      : "memory cannot be shared here";
  } catch (error) {
    return `memory cannot be shared here (${platform.reason(error)})`;
  }
}

/** TensorFlow.js's module. It would tell in pages of its own that it may not be read. */
async function readModule(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await platform.readFile(
      platform.packageFile("@tensorflow/tfjs-backend-wasm", `./${FILE}`),
    );
  } catch (cause) {
    throw new UserError(
      `Cannot use the wasm backend, for its file "${FILE}": ${platform.reason(cause)}.`,
      { code: "no-backend", cause },
    );
  }
}

/**
 * Makes "wasm" TensorFlow.js's backend.
 *
 * @returns whether it could be started
 * @throws UserError where its file cannot be read.
 */
export async function startWasm(): Promise<boolean> {
  const { setWasmPaths } = await import("../deps/tfjs_wasm.ts");
  if (Object.hasOwn(tf.engine().registry, "wasm")) return await tf.setBackend("wasm");
  const bytes = await readModule();
  const module = noSharedMemory() === undefined ? withSharedMemory(bytes) : bytes;
  const url = URL.createObjectURL(new Blob([module], { type: "application/wasm" }));
  try {
    setWasmPaths(Object.fromEntries(FILES.map((file) => [file, url])), true);
    return await tf.setBackend("wasm");
  } finally {
    URL.revokeObjectURL(url);
  }
}
