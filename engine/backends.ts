/** Which TensorFlow.js backend computes, and why that one. */
import "../deps/tfjs_cpu.ts"; // always there: what computes before a backend is chosen
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { either } from "../core/text.ts";
import { platform } from "../platform/mod.ts";
import { threads } from "./executors/native/threads.ts";
import { kernels } from "./kernels/mod.ts";

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
}

/** A GPU adapter as far as it tells. */
export interface Adapter {
  readonly name: string;
  /** Rendered in software on the CPU (llvmpipe, SwiftShader): slower than wasm. */
  readonly software: boolean;
}

/** Looks for a GPU; undefined where WebGPU or an adapter is missing. */
export async function findAdapter(): Promise<Adapter | undefined> {
  const adapter = await platform.gpuAdapter();
  if (!adapter) return undefined;
  const { description, vendor, device, isFallbackAdapter } = adapter.info as GPUAdapterInfo & {
    isFallbackAdapter?: boolean;
  };
  const name = description || [vendor, device].filter(Boolean).join(" ") || "unnamed adapter";
  return {
    name,
    software: isFallbackAdapter === true ||
      /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(name),
  };
}

/** Where TensorFlow.js's WebAssembly is. It would tell in pages of its own that it may not be read. */
async function wasmFolder(): Promise<string> {
  try {
    const folder = platform.packageFile("@tensorflow/tfjs-backend-wasm", "./");
    await platform.stat(new URL("tfjs-backend-wasm-simd.wasm", folder));
    return folder.href;
  } catch (cause) {
    throw new UserError(
      `Cannot use the wasm backend, for its file "tfjs-backend-wasm-simd.wasm": ${
        platform.reason(cause)
      }.`,
      { code: "no-backend", cause },
    );
  }
}

async function start(name: BackendName): Promise<Backend["adapter"]> {
  if (name === "webgpu") {
    const adapter = await findAdapter();
    if (!adapter) throw new NotAvailable(platform.noGpu() ?? "no GPU adapter was found");
    await import("../deps/tfjs_webgpu.ts");
    await activate(name);
    return adapter.name;
  }
  if (name === "wasm") {
    const { setWasmPaths } = await import("../deps/tfjs_wasm.ts");
    if (tf.findBackend("wasm") === null) {
      setWasmPaths(await wasmFolder());
    }
    await activate(name);
    return "WebAssembly SIMD, 1 thread";
  }
  if (name === "native") {
    const { loadOrt } = await import("./executors/native/ort.ts");
    const { env } = await loadOrt().catch(({ message }: Error) => {
      throw new NotAvailable(message);
    });
    await start("wasm");
    return `ONNX Runtime ${env.versions.node}, ${threads()} ${
      threads() === 1 ? "thread" : "threads"
    }`;
  }
  await activate(name);
  return "JavaScript";
}

class NotAvailable extends Error {}

async function activate(name: BackendName): Promise<void> {
  if (tf.getBackend() === name) return;
  if (!await tf.setBackend(name)) throw new NotAvailable(`TensorFlow.js could not start ${name}`);
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

const started = (name: BackendName, adapter: string, reason: string): Backend => ({
  name,
  adapter,
  reason,
  kernel: name === "native" ? `onnxruntime, ${kernels().name}` : kernels().name,
});

async function firstThatWorks(): Promise<Backend> {
  const passedOver: string[] = [];
  for (const name of AUTO) {
    try {
      if (name === "webgpu") {
        const none = platform.noGpu();
        if (none) throw new NotAvailable(none);
        const adapter = await findAdapter();
        if (adapter?.software) {
          throw new NotAvailable(
            `${adapter.name} is software rendering on the CPU, slower than wasm`,
          );
        }
      }
      const adapter = await start(name);
      return started(name, adapter, ["first that works", ...passedOver].join("; "));
    } catch (error) {
      if (!(error instanceof NotAvailable)) throw error;
      passedOver.push(`not ${name}: ${error.message}`);
    }
  }
  throw new Error(`No backend works: ${passedOver.join("; ")}`);
}
