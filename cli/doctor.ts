/** `phosphene doctor`: what works here, and what to do about the rest. */
import * as tf from "../deps/tfjs.ts";
import { type BackendName, BACKENDS, findAdapter } from "../engine/backends.ts";
import { isOrtHere } from "../engine/executors/native/ort.ts";
import { faultOf, forgetFaults } from "../engine/gpu/verdict.ts";
import { runtime as engine, useBackend } from "../engine/runtime.ts";
import { threadsRefused } from "../engine/threads/trial.ts";
import { UserError } from "../core/errors.ts";
import { DEFAULT_MODEL } from "../models/builtin.ts";
import { loadModel } from "../models/mod.ts";
import { isAtLeast, LEAST, runtime, UPGRADE } from "../platform/least.ts";
import { platform } from "../platform/mod.ts";
import type { AddCommand } from "./_context.ts";
import { megabytes, table } from "./_text.ts";

/** What was checked, what was found, and how to fix it. */
interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
  /** Nobody misses it who has not asked for it: no fault. */
  readonly optional?: boolean;
}

export const addDoctor: AddCommand = (program, context) => {
  program.command("doctor")
    .summary("Check what works on this machine")
    .description(
      "Checks Deno or Node, the compute backends and the bundled files, and says how to fix what is missing.",
    )
    .action(async () => {
      await forgetFaults();
      // first: later on `auto` would keep the backend that was tried last
      const auto = await checkBackend("auto");
      const checks = [checkRuntime(), await checkAdapter()];
      for (const name of BACKENDS) {
        checks.push(await (name === "native" ? checkNative() : checkBackend(name)));
      }
      checks.push(
        ...await checkArithmetic(),
        auto,
        await checkThreads(),
        ...await Promise.all(FILES.map(checkFile)),
        await checkModel(),
      );
      context.print(checks, () => text(checks));
    });
};

function text(checks: readonly Check[]): string {
  const lines = checks.flatMap(({ what, ok, found, remedy, optional }) => [
    [ok ? "ok" : optional ? "optional" : "not ok", what, found],
    ...(ok || !remedy ? [] : [["", "", `→ ${remedy}`]]),
  ]);
  return table(lines);
}

function checkRuntime(): Check {
  const { name, version } = runtime()!;
  return {
    what: name,
    ok: isAtLeast(version, LEAST[name]),
    found: `${version} on ${platform.machine}; ${LEAST[name]} or later is needed`,
    remedy: UPGRADE[name],
  };
}

async function checkAdapter(): Promise<Check> {
  const adapter = await findAdapter();
  return {
    what: "GPU adapter",
    ok: adapter !== undefined && !adapter.software,
    found: adapter === undefined
      ? platform.noGpu() ?? "none"
      : adapter.software
      ? `${adapter.name}: software rendering on the CPU`
      : adapter.name,
    remedy: platform.noGpu() !== undefined
      ? "wasm is used; Deno with --allow-env has WebGPU"
      : adapter?.software
      ? "it is slower than wasm, so auto skips it; --backend webgpu uses it anyway"
      : "install your GPU's Vulkan driver (on Debian mesa-vulkan-drivers and libvulkan1, or the " +
        "maker's own); until then, wasm is used",
  };
}

const REMEDIES: Record<BackendName | "auto", string> = {
  webgpu: "it needs a GPU adapter: see above",
  wasm: "its file must be readable: see below",
  cpu: "it should work everywhere: please report this as a bug",
  native: "it takes a third to two thirds of wasm's time on large networks; " + (
    platform.versions.node === undefined
      ? "--backend native fetches onnxruntime-node (290 MB), and wants --allow-ffi"
      : "`npm install onnxruntime-node` brings it (290 MB)"
  ),
  auto: "see the lines above",
};

/** Offers it; fetches nothing. */
async function checkNative(): Promise<Check> {
  const what = "backend native", none = platform.noNative(), remedy = REMEDIES.native;
  if (none === undefined && await isOrtHere()) {
    return { ...await checkBackend("native"), optional: true };
  }
  return { what, ok: false, found: none ?? "not fetched yet", remedy, optional: true };
}

/** Starts a backend and multiplies on it. */
async function checkBackend(name: BackendName | "auto"): Promise<Check> {
  const what = `backend ${name}`;
  try {
    const { name: chosen, adapter, reason } = await useBackend(name);
    const product = tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])));
    const [value] = await product.data();
    product.dispose();
    if (value !== 3) throw new Error(`it computes 1·1 + 1·1 + 1·1 = ${value}`);
    return { what, ok: true, found: name === "auto" ? `${chosen}: ${reason}` : adapter };
  } catch (error) {
    return { what, ok: false, found: reasonOf(error), remedy: REMEDIES[name] };
  }
}

/** Starts a thread beside the program's own. */
async function checkThreads(): Promise<Check> {
  const refused = await threadsRefused(), { cores } = platform;
  return {
    what: "threads on wasm",
    ok: refused === undefined,
    found: refused === undefined ? `${cores}; --threads N takes fewer` : `one: ${refused}`,
    remedy: "it computes on one core, with the same results",
  };
}

/** Compares what a GPU computes with what the CPU does; nothing where there is no GPU to ask. */
async function checkArithmetic(): Promise<Check[]> {
  const what = "GPU arithmetic", adapter = await findAdapter();
  if (!adapter) return [];
  try {
    const backend = await useBackend("webgpu");
    const fault = await engine.turn(() => faultOf(adapter), { backend });
    const remedy = "a newer driver may be right; until then auto skips this GPU, and " +
      "--backend webgpu uses it anyway";
    return [
      fault
        ? { what, ok: false, found: `${adapter.name} ${fault}`, remedy }
        : { what, ok: true, found: "small convolutions, pools and products agree with the CPU's" },
    ];
  } catch (error) {
    return [{ what, ok: false, found: reasonOf(error), remedy: REMEDIES.webgpu }];
  }
}

/** Why something does not work, in a line: of a backend that is not there, what is missing. */
function reasonOf(error: unknown): string {
  const missing = error instanceof UserError && error.code === "no-backend" && error.cause;
  const { message } = (missing || error) as Error;
  return message.split("\n")[0];
}

/** Files that are read beside the modules that need them. */
const FILES: readonly [what: string, specifier: string, file: string][] = [
  ["wasm backend file", "@tensorflow/tfjs-backend-wasm", "tfjs-backend-wasm-simd.wasm"],
  ["JPEG encoder file", "@jsquash/jpeg", "codec/enc/mozjpeg_enc.wasm"],
  ["WebP codec file", "@jsquash/webp", "codec/dec/webp_dec.wasm"],
];

async function checkFile([what, specifier, file]: (typeof FILES)[number]): Promise<Check> {
  try {
    const { bytes } = await platform.stat(platform.packageFile(specifier, file));
    return { what, ok: true, found: `${file}, ${megabytes(bytes)}` };
  } catch (error) {
    const remedy = "`deno install` downloads it; --allow-read lets Deno read it";
    return { what, ok: false, found: reasonOf(error), remedy };
  }
}

/** Loads the network that runs where no `--model` is given. */
async function checkModel(): Promise<Check> {
  const what = "built-in network";
  try {
    const { title, weights } = await loadModel(DEFAULT_MODEL);
    return { what, ok: true, found: `${title}, SHA-256 ${weights.sha256.slice(0, 8)}…` };
  } catch (error) {
    const remedy = "download Phosphene again, or name a model with --model";
    return { what, ok: false, found: reasonOf(error), remedy };
  }
}
