/** The same test on each backend. */
import { type BackendName, BACKENDS, findAdapter } from "../../engine/backends.ts";
import { useBackend } from "../../engine/runtime.ts";
import { leftOutWithout } from "./ci.ts";
import { onNative } from "./native.ts";

const adapter = await findAdapter();

/** Whether WebGPU is left out here: there is no adapter, not even a software one. */
export const webgpuLeftOut = leftOutWithout(Boolean(adapter));

/** Those of TensorFlow.js; `native` is one of them with an executor before it, which runs plans of networks. */
export const TFJS_BACKENDS = BACKENDS.filter((name) => name !== "native");

/**
 * Declares a test once for each backend, made current before it runs; on `native` its executor takes
 * small plans too. Without a GPU adapter (a software one will do) the WebGPU test is skipped, and says
 * so; where `CI=true` it fails instead.
 */
export function forEachBackend(
  name: string,
  test: (backend: BackendName, t: Deno.TestContext) => Promise<void>,
  backends: readonly BackendName[] = BACKENDS,
  leftOut = false,
): void {
  for (const backend of backends) {
    const missing = backend === "webgpu" && !adapter;
    const note = missing ? ": no GPU adapter, a failure where CI=true" : "";
    Deno.test({
      name: `${name} [${backend}${note}]`,
      ignore: leftOut || (missing && webgpuLeftOut),
      // a GPU queue works on after the last read-back
      sanitizeOps: backend !== "webgpu",
      sanitizeResources: backend !== "webgpu",
      async fn(t) {
        if (backend === "native") return void await onNative(() => test(backend, t));
        await useBackend(backend);
        await test(backend, t);
      },
    });
  }
}
