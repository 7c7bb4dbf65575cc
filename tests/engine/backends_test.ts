import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { findAdapter, tfjsBackend } from "../../engine/backends.ts";
import { currentBackend, useBackend } from "../../engine/runtime.ts";
import { forEachBackend } from "../_support/backends.ts";

forEachBackend("a backend that was asked for is the one in use", async (name) => {
  const backend = await useBackend(name);
  assert.equal(backend.name, name);
  assert.equal(backend.reason, "asked for");
  assert.ok(backend.adapter.length > 0);
  assert.equal(tf.getBackend(), tfjsBackend(name));
  assert.equal(currentBackend(), backend);
  assert.equal(await useBackend("auto"), backend, "auto keeps the one in use");
  const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]));
  assert.deepEqual([...await product.data()], [11]);
  product.dispose();
});

/** Runs a script of its own, where no backend is in use yet; gives what it logs as JSON. */
async function afresh(script: string, permissions = ["-A"]): Promise<unknown> {
  const [backends, runtime] = ["backends", "runtime"].map((name) =>
    import.meta.resolve(`../../engine/${name}.ts`)
  );
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--quiet",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      ...permissions,
      `data:application/typescript,${
        encodeURIComponent(
          `import { findAdapter } from "${backends}";\n` +
            `import { useBackend } from "${runtime}";\n${script}`,
        )
      }`,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("auto takes a real GPU, or else wasm, and says why", async () => {
  const adapter = await findAdapter();
  const backend = await afresh("console.log(JSON.stringify(await useBackend()))") as {
    name: string;
    reason: string;
  };
  assert.match(backend.reason, /^first that works/);
  if (adapter && !adapter.software) return assert.equal(backend.name, "webgpu");
  assert.equal(backend.name, "wasm");
  const why = adapter
    ? `not webgpu: ${adapter.name} is software rendering on the CPU, slower than wasm`
    : "not webgpu: no GPU adapter was found";
  assert.equal(backend.reason, `first that works; ${why}`);
});

const NO_GPU = 'Object.defineProperty(navigator, "gpu", { value: undefined });';

Deno.test("without WebGPU, auto passes it over and webgpu is refused", async () => {
  const found = await afresh(`${NO_GPU}
    const refused = await useBackend("webgpu").then(() => "", ({ name, message }) => name + ": " + message);
    console.log(JSON.stringify([await findAdapter() ?? null, refused, await useBackend()]));`);
  const [adapter, refused, backend] = found as [null, string, { name: string; reason: string }];
  assert.equal(adapter, null);
  assert.match(refused, /^UserError: Cannot use the webgpu backend: no GPU adapter was found; /);
  assert.match(refused, /`backend: auto` uses one that works\./);
  assert.equal(backend.name, "wasm");
  assert.match(backend.reason, /not webgpu: no GPU adapter was found/);
});

Deno.test("a backend that is no backend is refused", async () => {
  // deno-lint-ignore no-explicit-any -- what a caller without types may pass
  await assert.rejects(useBackend("cuda" as any), (error: Error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /no backend "cuda"; choose webgpu, wasm, cpu, native or auto\.$/);
    return true;
  });
});
