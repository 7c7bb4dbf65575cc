/** Which TensorFlow.js backend computes, and why that one. */
import "../deps/tfjs_cpu.ts"; // always there: what computes before a backend is chosen
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { either } from "../core/text.ts";
import { platform } from "../platform/mod.ts";
import { startWasm } from "./_wasm_backend.ts";
import { findAdapter } from "./gpu/adapter.ts";
import { registerGpu } from "./gpu/register.ts";
import { kernels, threadPool } from "./kernels/mod.ts";
import { threadCount } from "./threads/count.ts";

export { type Adapter, findAdapter } from "./gpu/adapter.ts";

// else TensorFlow.js advertises another backend on the console when it first computes
tf.enableProdMode();

/**
 * What computes: TensorFlow.js on a GPU, on WebAssembly, or in JavaScript on the processor; or ONNX
 * Runtime on the processor, with TensorFlow.js on WebAssembly for what that cannot.
 */
export type BackendName = "webgpu" | "wasm" | "cpu" | "native";

/** What `auto` chooses from, the fastest first. */
const AUTO: readonly BackendName[] = ["webgpu", "wasm", "cpu"];

/** Each of these, and what must be asked for. */
export const BACKENDS: readonly BackendName[] = [...AUTO, "native"];

/** TensorFlow.js's own backend where one of ours is in use. */
export const tfjsBackend = (name: BackendName): string => name === "native" ? "wasm" : name;

/** The backend in use. */
export interface Backend {
  /** What computes. */
  readonly name: BackendName;
  /** What it runs on: the GPU adapter's name, or how WebAssembly or JavaScript run. */
  readonly adapter: string;
  /** Why this one: what was asked for, and what was passed over on the way. */
  readonly reason: string;
  /** Which kernels compute on it: others differ in the last bits. */
  readonly kernel: string;
  /** How many threads may compute; all numbers are the same with any. */
  readonly threads: number;
}

async function start(name: BackendName): Promise<Backend["adapter"]> {
  if (name === "webgpu") {
    const adapter = await findAdapter();
    if (!adapter) throw new NotAvailable(platform.noGpu() ?? "no GPU adapter was found");
    await registerGpu();
    await activate(name);
    return adapter.name;
  }
  if (name === "wasm") {
    await activate(name, startWasm);
    return WASM;
  }
  if (name === "native") {
    const { loadOrt } = await import("./executors/native/ort.ts");
    const { env } = await loadOrt().catch(({ message }: Error) => {
      throw new NotAvailable(message);
    });
    await start("wasm");
    return `ONNX Runtime ${env.versions.node}`;
  }
  await activate(name);
  return "JavaScript";
}

const WASM = "WebAssembly SIMD";

class NotAvailable extends Error {}

async function activate(
  name: BackendName,
  start: () => Promise<boolean> = () => tf.setBackend(name),
): Promise<void> {
  if (tf.getBackend() === name) return;
  if (!await start()) throw new NotAvailable(`TensorFlow.js could not start ${name}`);
  await tf.ready();
}

/**
 * Starts a backend and makes it TensorFlow.js's current one; `auto` takes the first that works of
 * webgpu (on a real GPU), wasm, cpu.
 *
 * @throws UserError where the backend that was asked for is not available, or none.
 */
export async function chooseBackend(wanted: BackendName | "auto"): Promise<Backend> {
  if (wanted === "auto") return await firstThatWorks();
  if (!BACKENDS.includes(wanted)) {
    throw new UserError(
      `There is no backend "${wanted}"; choose ${either([...BACKENDS, "auto"])}.`,
      { code: "bad-option", option: "backend" },
    );
  }
  try {
    return started(wanted, await start(wanted), "asked for");
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    throw new UserError(
      `Cannot use the ${wanted} backend: ${error.message}; \`backend: auto\` uses one that works.`,
      { code: "no-backend", option: "backend", cause: error },
    );
  }
}

function started(name: BackendName, adapter: string, reason: string): Backend {
  const own = kernels().name, kernel = name === "native" ? `onnxruntime, ${own}` : own;
  return onThreads({ name, adapter, reason, kernel, threads: 1 });
}

/** The backend as it computes now: on as many threads as there shall be, where it can. */
export function onThreads(backend: Backend): Backend {
  if (tfjsBackend(backend.name) !== "wasm") return backend;
  const pool = threadPool(), count = threadCount();
  if (pool) pool.limit = count;
  const threads = pool || backend.name === "native" ? count : 1;
  const what = backend.adapter.replace(/, \d+ threads?$/, "");
  return { ...backend, adapter: `${what}, ${threads} thread${threads === 1 ? "" : "s"}`, threads };
}

async function firstThatWorks(): Promise<Backend> {
  const passedOver: string[] = [];
  for (const name of AUTO) {
    try {
      const adapter = name === "webgpu" ? await startTrusted() : await start(name);
      return started(name, adapter, ["first that works", ...passedOver].join("; "));
    } catch (error) {
      if (!(error instanceof NotAvailable)) throw error;
      passedOver.push(`not ${name}: ${error.message}`);
    }
  }
  throw new Error(`No backend works: ${passedOver.join("; ")}`);
}

/** Starts a GPU, if there is one that computes faster than the CPU and as rightly. */
async function startTrusted(): Promise<Backend["adapter"]> {
  const none = platform.noGpu();
  if (none) throw new NotAvailable(none);
  const adapter = await findAdapter();
  if (adapter?.software) {
    throw new NotAvailable(`${adapter.name} is software rendering on the CPU, slower than wasm`);
  }
  const name = await start("webgpu");
  // only here: few machines get so far
  const { faultOf } = await import("./gpu/verdict.ts");
  const fault = adapter && await faultOf(adapter);
  if (fault) throw new NotAvailable(`the GPU ${name} ${fault}: its driver is at fault`);
  return name;
}
