/** What differentiates objectives. */
import assert from "node:assert/strict";
import "../../deps/tfjs_cpu.ts";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { gradients, valueAndGrads } from "../../engine/gradients/mod.ts";
import { useBackend } from "../../engine/runtime.ts";
import { forEachBackend, TFJS_BACKENDS } from "../_support/backends.ts";
import { near, take } from "../_support/tensors.ts";
import { type Case, cases, differencesOf, filterCases, gradientsOf } from "./_gradient_cases.ts";

const kernels = gradients.map(({ kernelName }) => kernelName);

/** What a worker, which has an engine and a registry of its own, has to say. */
function fromWorker<Message>(file: string): Promise<Message> {
  const worker = new Worker(new URL(file, import.meta.url), { type: "module" });
  return new Promise<Message>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }).finally(() => worker.terminate());
}

/** By the name of the case; a text where TensorFlow.js fails. */
const peer = await fromWorker<Record<string, Float32Array | string>>("./_gradient_peer.ts");

/** ‖found − expected‖ / ‖expected‖; what shall be 0 must be. */
function errorOf(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  const size = Math.hypot(...expected);
  return Math.hypot(...found.map((value, i) => value - expected[i])) / (size || Number.MIN_VALUE);
}

/** Each case that is further off than allowed, or fails. */
async function wrong(
  tolerance: number,
  examples: readonly Case[],
  expected: (example: Case) => Float32Array | string,
): Promise<string[]> {
  const found: string[] = [];
  for (const example of examples) {
    const reference = expected(example);
    if (typeof reference === "string") {
      found.push(`${example.name}: the peer: ${reference}`);
      continue;
    }
    try {
      const error = errorOf(await gradientsOf(example), reference);
      if (!(error <= tolerance)) found.push(`${example.name}: ${error.toExponential(1)}`);
    } catch (error) {
      found.push(`${example.name}: ${error}`);
    }
  }
  return found;
}

Deno.test("each gradient has a case, and each case runs its kernel", async () => {
  await useBackend("cpu");
  assert.deepEqual([...new Set(cases.map(({ kernel }) => kernel))].sort(), [...kernels].sort());
  for (const { kernel, name, inputs, f } of cases) {
    let recorded: string[] = [];
    tf.tidy(() =>
      tf.grads((...xs: tf.Tensor[]) => {
        const y = tf.cast(f(...xs), "float32");
        recorded = tf.engine().state.activeTape.map(({ kernelName }) => kernelName);
        return tf.sum(y);
      })(inputs.map(({ shape, values }) => tf.tensor(values, shape)))
    );
    assert.ok(recorded.includes(kernel), `${name} runs ${recorded}`);
  }
});

forEachBackend("gradients are those of all of TensorFlow.js", async () => {
  const both = cases.filter(({ alone }) => !alone);
  assert.deepEqual(await wrong(1e-5, both, ({ name }) => peer[name]), []);
}, TFJS_BACKENDS);

const differences = new Map<string, Float32Array>();
forEachBackend("gradients are those of small differences", async (backend) => {
  if (!differences.size) {
    await useBackend("cpu");
    for (const example of cases) differences.set(example.name, differencesOf(example));
    await useBackend(backend);
  }
  assert.deepEqual(await wrong(2e-3, cases, ({ name }) => differences.get(name)!), []);
}, TFJS_BACKENDS);

/** The gradient of a function at some numbers. */
async function at(f: (x: tf.Tensor) => tf.Tensor, x: number[]): Promise<number[]> {
  const point = tf.tensor1d(x);
  const { value, grads } = tf.tidy(() => valueAndGrads(([x]) => f(x), [point]));
  tf.dispose([point, value]);
  return [...await take(grads[0])];
}

forEachBackend(
  "what ties for an extreme shares its gradient; of two tensors the first has it",
  async () => {
    assert.deepEqual(await at((x) => tf.max(x), [1, 3, 0, 3]), [0, 0.5, 0, 0.5]);
    assert.deepEqual(await at((x) => tf.min(x), [0, 3, 0, 0, 0]), [0.25, 0, 0.25, 0.25, 0.25]);
    assert.deepEqual(await at((x) => tf.sum(tf.maximum(x, 1)), [0, 1, 2]), [0, 1, 1]);
    assert.deepEqual(await at((x) => tf.sum(tf.minimum(1, x)), [0, 1, 2]), [1, 0, 0]);
  },
  TFJS_BACKENDS,
);

forEachBackend("corners: an activation has its left slope, a bound lets through", async () => {
  const slope = async (f: (x: tf.Tensor) => tf.Tensor) => await at((x) => tf.sum(f(x)), [0, 6]);
  assert.deepEqual(await slope(tf.relu), [0, 1]);
  assert.deepEqual(await slope(tf.relu6), [0, 1]);
  assert.deepEqual(await slope((x) => tf.leakyRelu(x, 0.5)), [0.5, 1]);
  assert.deepEqual(await slope((x) => tf.clipByValue(x, 0, 6)), [1, 1]);
  assert.deepEqual(await slope(tf.abs), [0, 1]);
}, TFJS_BACKENDS);

forEachBackend(
  "filters of convolutions have gradients where there is a kernel",
  async (backend) => {
    await useBackend("cpu");
    const expected = new Map(filterCases.map((example) => [example, differencesOf(example)]));
    await useBackend(backend);
    assert.deepEqual(await wrong(2e-3, filterCases, (example) => expected.get(example)!), []);
  },
  ["webgpu", "cpu"],
);

Deno.test("a convolution with its channels first has the gradient of the other, turned", async () => {
  await useBackend("cpu");
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 2, 4], 0, 1, "float32", 5);
  const layout = (x: tf.Tensor, perm: number[]) =>
    tf.transpose(tf.reshape(x, [1, 2, 5, 6]), perm) as tf.Tensor4D;
  const x = [...tf.randomNormal([60], 0, 1, "float32", 6).dataSync()];
  const square = (y: tf.Tensor) => tf.sum(tf.square(y));
  const first = await at(
    (x) => square(tf.conv2d(layout(x, [0, 1, 2, 3]), filter, 2, "same", "NCHW")),
    x,
  );
  const last = await at(
    (x) => square(tf.conv2d(layout(x, [0, 2, 3, 1]), filter, 2, "same", "NHWC")),
    x,
  );
  near(first, last, 1e-6, "channels first");
});

Deno.test("an op without a gradient is told, with those that have one, and leaves nothing", async () => {
  await useBackend("wasm");
  const x = tf.tensor1d([1, 2, 3]);
  const fails = (f: (x: tf.Tensor) => tf.Tensor, at: tf.Tensor, message: RegExp) => {
    const before = tf.memory().numTensors;
    assert.throws(
      () => valueAndGrads(([x]) => f(tf.square(x)), [at]),
      (error) =>
        error instanceof UserError && error.code === "unsupported" &&
        message.test(error.message),
    );
    assert.equal(tf.memory().numTensors, before);
  };
  const told =
    /uses TensorFlow\.js's op Cumprod, which has no gradient here\. These have: Abs, .*Unpack/;
  fails((x) => tf.sum(tf.cumprod(x)), x, told);
  fails((x) => tf.sum(tf.cumprod(x)), x, /Importing @tensorflow\/tfjs beside adds/);
  const kernel = tf.ones([3, 3, 1, 1]) as tf.Tensor4D;
  const image = tf.ones([1, 5, 5, 1]) as tf.Tensor4D;
  const byKernel = (k: tf.Tensor) => tf.sum(tf.conv2d(image, k as tf.Tensor4D, 1, "valid"));
  fails(byKernel, kernel, /needs TensorFlow\.js's op Conv2DBackpropFilter, which .* wasm does not/);
  tf.dispose([x, kernel, image]);
});

Deno.test("a gradient that is registered already stays, and all of TensorFlow.js may come after", async () => {
  assert.deepEqual(await fromWorker("./_gradient_registry.ts"), {
    kept: ["Square"],
    slope: 6,
    replaced: true,
    oneEngine: true,
  });
});
