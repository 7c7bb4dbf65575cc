/** Which TensorFlow.js backend computes, and why that one. */
import "../deps/tfjs_cpu.ts"; // always there: what computes before a backend is chosen
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { either } from "../core/text.ts";
import { platform } from "../platform/mod.ts";
import { startWasm } from "./_wasm_backend.ts";
import { findAdapter } from "./gpu/adapter.ts";
import { registerGpu } from "./gpu/register.ts";
import { faultOf } from "./gpu/verdict.ts";
import { kernels, threadPool } from "./kernels/mod.ts";

export { type Adapter, findAdapter } from "./gpu/adapter.ts";

// else TensorFlow.js advertises another backend on the console when it first computes
tf.enableProdMode();

/** What TensorFlow.js computes on: a GPU, WebAssembly, or JavaScript on the processor. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** Each of these, the fastest first. */
export const BACKENDS: readonly BackendName[] = ["webgpu", "wasm", "cpu"];

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
  const backend = { name, adapter, reason, kernel: kernels().name, threads: 1 };
  return name === "wasm" ? onThreads(backend, setThreads()) : backend;
}

/** The backend "wasm" on so many threads. */
export const onThreads = (backend: Backend, threads: number): Backend => ({
  ...backend,
  adapter: `${WASM}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
  threads,
});

/** How many threads there shall be; all that the machine has unless somebody says otherwise. */
let most = platform.cores;

/**
 * Says how many threads shall compute on wasm, from now on and on the backend that is in use.
 *
 * @returns how many do: 1 where memory is not shared, or elsewhere than on wasm
 */
export function setThreads(threads = most): number {
  most = threads;
  const pool = threadPool();
  return pool ? pool.limit = threads : 1;
}

async function firstThatWorks(): Promise<Backend> {
  const passedOver: string[] = [];
  for (const name of BACKENDS) {
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
  const fault = adapter && await faultOf(adapter);
  if (fault) throw new NotAvailable(`the GPU ${name} ${fault}: its driver is at fault`);
  return name;
}
