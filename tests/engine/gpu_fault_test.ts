/** A GPU is looked at before `auto` takes it: here lavapipe plays one, whose compiler is tampered with. */
import assert from "node:assert/strict";
import { SAMPLES } from "../../engine/gpu/_samples.ts";
import { findFault } from "../../engine/gpu/fault.ts";
import { forEachBackend, webgpuLeftOut } from "../_support/backends.ts";

/** Numbers for each sample, the same each time. */
const right = () =>
  Promise.resolve(SAMPLES.map((_, sample) => Float32Array.of(sample + 1, -2 * sample - 1)));

/** Those numbers, but for one sample. */
const but = (index: number, instead: ArrayLike<number> | Error) => async () =>
  (await right()).map((numbers, i) => i === index ? instead : numbers);

Deno.test("numbers that differ are a fault, whichever sample they are of", async () => {
  assert.equal(await findFault(right, right), undefined);
  for (const [i, { what }] of SAMPLES.entries()) {
    const [first, second] = (await right())[i];
    assert.equal(
      await findFault(right, but(i, [first, second * 1.01])),
      `computes ${what} wrongly (${
        Number((second * 1.01).toPrecision(4))
      } where ${second} is right)`,
    );
    assert.equal(await findFault(right, but(i, [first, second * 1.0001])), undefined, what);
    assert.match(await findFault(right, but(i, [NaN, second])) ?? "", /wrongly \(NaN where/, what);
    const broken = new Error("no such shader\n  at line 7");
    assert.equal(
      await findFault(right, but(i, broken)),
      `cannot compute ${what} (no such shader)`,
    );
  }
});

Deno.test("a fault of the CPU is not the GPU's", async () => {
  await assert.rejects(findFault(but(3, new Error("out of memory")), right), /out of memory/);
});

forEachBackend("a GPU that computes rightly has no fault, and nothing is left", async () => {
  const tf = await import("../../deps/tfjs.ts");
  const before = tf.memory().numTensors;
  assert.equal(await findFault(), undefined);
  assert.equal(tf.getBackend(), "webgpu");
  assert.equal(tf.memory().numTensors, before);
}, ["webgpu"]);

/** What plays a GPU: lavapipe under another name, with a compiler that takes `wrong` for `right`. */
const played = (right: string, wrong: string) => `
  for (const [name, value] of [["description", "Model T"], ["isFallbackAdapter", false]]) {
    Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });
  }
  const { createShaderModule } = GPUDevice.prototype;
  globalThis.compiled = 0;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    globalThis.compiled++;
    const code = descriptor.code.replaceAll(${JSON.stringify(right)}, ${JSON.stringify(wrong)});
    return createShaderModule.call(this, { ...descriptor, code });
  };`;

/** What a script says on such a GPU, in a process of its own. */
async function said(
  [right, wrong]: readonly [string, string],
  cache: string,
  permissions: readonly string[],
  then: string,
) {
  const script = `${played(right, wrong)}\n${then}`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--quiet", "--no-prompt", "--no-lock", ...permissions],
      `data:application/typescript,${encodeURIComponent(script)}`,
    ],
    env: { XDG_CACHE_HOME: cache, XDG_RUNTIME_DIR: "/tmp" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const runtime = import.meta.resolve("../../engine/runtime.ts");
const cli = import.meta.resolve("../../cli/main.ts");

/** What `auto` takes there, and how many shaders were compiled. */
const taken = (
  compiler: readonly [string, string],
  cache: string,
  permissions: readonly string[] = ["-A"],
): Promise<{ name: string; reason: string; compiled: number }> =>
  said(
    compiler,
    cache,
    permissions,
    `const { useBackend } = await import("${runtime}");
    const { name, reason } = await useBackend();
    console.log(JSON.stringify({ name, reason, compiled }));`,
  );

/** What `phosphene doctor` says there, by what it checked. */
async function diagnosed(compiler: readonly [string, string], cache: string) {
  const checks: { what: string; ok: boolean; found: string }[] = await said(
    compiler,
    cache,
    ["-A"],
    `const { main } = await import("${cli}");
    await main(["doctor", "--json"], new AbortController().signal);`,
  );
  return (what: string) => checks.find((check) => check.what === what);
}

const RIGHT = ["", ""] as const;
const option = { ignore: webgpuLeftOut, sanitizeOps: false, sanitizeResources: false };
/** Compilers that are wrong in one thing → what that makes wrong. */
const WRONG: readonly (readonly [readonly [string, string], string])[] = [
  [["select(0.0, dy[window], first)", "dy[window]"], "the gradient of a maximum pool"],
  [["max(a[index] + b[index], 0.0)", "a[index] + b[index]"], "a sum of two images"],
];

for (const [compiler, what] of WRONG) {
  Deno.test({
    ...option,
    name: `a GPU that computes ${what} wrongly is passed over, and that is remembered`,
    async fn() {
      const cache = await Deno.makeTempDir();
      try {
        const { name, reason, compiled } = await taken(compiler, cache);
        assert.equal(name, "wasm");
        assert.match(
          reason,
          new RegExp(
            `^first that works; not webgpu: the GPU Model T computes ${what} wrongly \\(\\S+ where \\S+ is right\\): its driver is at fault$`,
          ),
        );
        assert.ok(compiled > 10);
        const again = await taken(RIGHT, cache);
        assert.deepEqual(again, { name, reason, compiled: 0 });
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
    },
  });
}

Deno.test({
  ...option,
  name: "a GPU that computes rightly is taken, and looked at again where nothing is remembered",
  async fn() {
    const cache = await Deno.makeTempDir();
    try {
      const first = await taken(RIGHT, cache);
      assert.deepEqual([first.name, first.reason], ["webgpu", "first that works"]);
      assert.ok(first.compiled > 10);
      assert.equal((await taken(RIGHT, cache)).compiled, 0);
      const path = `${cache}/phosphene/gpu.json`, kept = await Deno.readTextFile(path);
      for (
        const other of [kept.replace("phosphene ", "phosphene 0"), "{", "null", '{"faults":3}']
      ) {
        await Deno.writeTextFile(path, other);
        assert.equal((await taken(RIGHT, cache)).compiled, first.compiled, other);
        assert.equal(await Deno.readTextFile(path), kept);
      }
      const silent = await taken(RIGHT, `${cache}/other`, ["--allow-read", "--allow-env"]);
      assert.deepEqual([silent.name, silent.compiled], ["webgpu", first.compiled]);
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
});

Deno.test({
  ...option,
  name: "doctor looks anew, and says what is wrong",
  async fn() {
    const cache = await Deno.makeTempDir();
    try {
      assert.equal((await taken(RIGHT, cache)).name, "webgpu");
      const [compiler, wrong] = WRONG[0], broken = await diagnosed(compiler, cache);
      const arithmetic = broken("GPU arithmetic");
      assert.equal(arithmetic?.ok, false);
      assert.match(arithmetic!.found, new RegExp(`^Model T computes ${wrong} wrongly`));
      assert.match(broken("backend auto")!.found, /^wasm: .*not webgpu: the GPU Model T computes/);
      assert.equal(broken("backend webgpu")?.ok, true, "who asks for it gets it");
      const mended = await diagnosed(RIGHT, cache);
      assert.equal(mended("GPU arithmetic")?.ok, true);
      assert.match(mended("backend auto")!.found, /^webgpu: /);
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
});
