/** Threads that share the kernels' work: who computes does not show, and nothing of them is left. */
import assert from "node:assert/strict";
import { shared } from "../../engine/kernels/_module.js";
import { Pool } from "../../engine/threads/pool.ts";
import { threadPool } from "../../engine/kernels/mod.ts";
import { attribute, loadImage, loadModel, useBackend, visualize } from "../../mod.ts";
import { withSharedMemory } from "../../engine/_wasm_backend.ts";

const PAGE = 2 ** 16;

/** A pool on a memory of its own, whose threads start at the first job. */
function poolOf(threads: number, pages = 64) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  const pool = new Pool({ module: shared, memory }, { job: 0, thread: 0 });
  pool.limit = threads;
  return { memory, pool };
}

/** Fills `count` numbers with ones, each thread some chunks of them, and gives their sum. */
function fill(memory: WebAssembly.Memory, pool: Pool, at: number, count: number): number {
  const numbers = () => new Float32Array(memory.buffer, at, count);
  numbers().fill(7);
  if (pool.threadsFor(1) > 1) {
    pool.run("zero", [at, 4 * count], Math.ceil(4 * count / 262144));
  }
  return numbers().reduce((a, b) => a + b, 0);
}

const untilReady = (pool: Pool) => {
  for (const start = performance.now(); pool.ready < pool.threads;) {
    assert.ok(performance.now() - start < 60_000, "the threads do not come");
  }
};

const options = { sanitizeOps: false, sanitizeResources: false }; // threads live on

Deno.test(
  "every part of a job is done once it returns, with any number of threads",
  options,
  () => {
    for (const threads of [2, 3, 5]) {
      const { memory, pool } = poolOf(threads);
      for (let i = 0; i < 20; i++) assert.equal(fill(memory, pool, 1024, 600_000 + i), 0);
      assert.equal(pool.threads, threads);
      untilReady(pool);
      for (let i = 0; i < 20; i++) assert.equal(fill(memory, pool, 1024, 600_000 + i), 0);
      pool.end();
    }
  },
);

Deno.test("a job may have more parts than threads can claim one by one", options, () => {
  const { memory, pool } = poolOf(2, 2 + 4400);
  assert.equal(fill(memory, pool, PAGE, 1100 * PAGE - 3), 0);
  pool.end();
});

Deno.test("threads see memory that has grown since they started", options, () => {
  const { memory, pool } = poolOf(3, 16);
  assert.equal(fill(memory, pool, 1024, 200_000), 0);
  untilReady(pool);
  for (let i = 0; i < 100; i++) {
    const at = memory.grow(16) * PAGE;
    assert.equal(fill(memory, pool, at, 16 * PAGE / 4), 0);
  }
  pool.end();
});

Deno.test("a part that fails is an error, and the next job is done", options, () => {
  const { memory, pool } = poolOf(2);
  fill(memory, pool, 1024, 500_000);
  const beyond = 64 * PAGE - 1024;
  assert.throws(() => pool.run("zero", [beyond, 2 ** 20], 4), /zero/);
  assert.equal(fill(memory, pool, 1024, 500_000), 0);
  pool.end();
});

Deno.test("small jobs start no thread, and neither does a limit of one", options, () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const pool = new Pool({ module: shared, memory });
  pool.limit = 8;
  for (let i = 0; i < 10_000; i++) assert.equal(pool.threadsFor(100_000), 1);
  pool.limit = 1;
  assert.equal(pool.threadsFor(1e12), 1);
  assert.equal(pool.threads, 1);
});

Deno.test("starts and stops leave nothing", options, () => {
  const { memory, pool } = poolOf(3);
  for (let i = 0; i < 12; i++) {
    assert.equal(fill(memory, pool, 1024, 300_000), 0);
    assert.equal(pool.threads, 3);
    pool.limit = 1; // all end
    assert.equal(pool.threads, 1);
    pool.limit = 3;
  }
  pool.end();
});

Deno.test("a program with threads ends by itself", async () => {
  const code = `
    import { shared } from "./engine/kernels/_module.js";
    import { Pool } from "./engine/threads/pool.ts";
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
    const pool = new Pool({ module: shared, memory }, { job: 0, thread: 0 });
    pool.limit = 4;
    pool.threadsFor(1);
    for (let i = 0; i < 100; i++) pool.run("zero", [0, 2 ** 21], 8);
    console.log(pool.threads);`;
  const { stdout, code: exit } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--lock=deno.dev.lock", code],
    cwd: new URL("../..", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "4");
  assert.equal(exit, 0);
});

Deno.test({
  name: "the threads of a helper end with it",
  ignore: Deno.build.os !== "linux", // where the system tells how many there are
  async fn() {
    const inner = `
      import { shared } from "./engine/kernels/_module.js";
      import { Pool } from "./engine/threads/pool.ts";
      const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
      const pool = new Pool({ module: shared, memory }, { job: 0, thread: 0 });
      pool.limit = 3;
      pool.threadsFor(1);
      while (pool.ready < 3);
      self.postMessage("ready");`;
    const code = `
      const count = () => [...Deno.readDirSync("/proc/self/task")].length;
      const address = "data:text/javascript," + encodeURIComponent(${JSON.stringify(inner)}
        .replaceAll('"./', '"' + new URL("./", import.meta.url)));
      const counts = [];
      for (let i = 0; i < 6; i++) {
        const helper = new Worker(address, { type: "module" });
        await new Promise((resolve) => helper.onmessage = resolve);
        helper.terminate();
        await new Promise((resolve) => setTimeout(resolve, 300));
        counts.push(count());
      }
      console.log(counts.at(-1) - counts[0]);`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--lock=deno.dev.lock", code],
      cwd: new URL("../..", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    const [found, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(
      found.trim() !== "" && Number(found) < 6,
      `${found} more with five helpers; ${errors}`,
    );
  },
});

Deno.test("a dream and a map are the same bytes at any number of threads", options, async () => {
  const before = await useBackend("wasm"), model = await loadModel("phosphene-vgg");
  const dream = async (threads: number) => {
    await useBackend("wasm", { threads });
    const image = await loadImage(new URL("../../examples/images/cat-4.png", import.meta.url));
    const { final } = await visualize("deepdream", {
      model,
      image,
      options: { layer: "features.14", channel: 3, steps: 6, size: "200x170", saveEvery: 6 },
    });
    const { attribution } = await attribute("guided-backprop", { model, image });
    return { threads: threadPool()!.threads, final: final.data, attribution };
  };
  const [one, two, five] = [await dream(1), await dream(2), await dream(5)];
  assert.deepEqual([one.threads, two.threads, five.threads], [1, 2, 5]);
  for (const other of [two, five]) {
    assert.deepEqual(other.final, one.final);
    assert.deepEqual(other.attribution, one.attribution);
  }
  model.network.dispose();
  await useBackend("wasm", { threads: before.threads });
});

Deno.test("how many threads there shall be is checked, and told", async () => {
  const before = await useBackend("wasm");
  const { threads, adapter } = await useBackend("wasm", { threads: 3 });
  assert.equal(threads, 3);
  assert.equal(adapter, "WebAssembly SIMD, 3 threads");
  assert.equal((await useBackend("wasm", { threads: 1 })).adapter, "WebAssembly SIMD, 1 thread");
  for (const odd of [0, -1, 1.5, 1000, NaN]) {
    await assert.rejects(useBackend("wasm", { threads: odd }), /from 1 to 256/);
  }
  await useBackend("wasm", { threads: before.threads });
});

Deno.test("only a module with a limited memory of its own can share it", () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  assert.throws(() => withSharedMemory(empty), RangeError);
  // one memory of one page, without an upper limit, then with one of two pages
  const open = Uint8Array.of(...empty, 5, 3, 1, 0, 1);
  assert.throws(() => withSharedMemory(open), RangeError);
  const limited = Uint8Array.of(...empty, 5, 4, 1, 1, 1, 2, 7, 5, 1, 1, 109, 2, 0);
  const module = new WebAssembly.Module(withSharedMemory(limited));
  const { m } = new WebAssembly.Instance(module).exports;
  assert.ok((m as WebAssembly.Memory).buffer instanceof SharedArrayBuffer);
});
