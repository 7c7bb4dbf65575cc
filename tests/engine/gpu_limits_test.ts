/** What fits no single binding of a GPU is split by its limits: here by limits far below a real one's. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { GpuBackend, startGpu } from "../../engine/gpu/backend.ts";
import { useBackend } from "../../engine/runtime.ts";
import { attribute, predict } from "../../mod.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";

/** Convolutions with each way back, in groups, over all of their input; matrices; all with large kernels. */
function network() {
  const net = new GraphBuilder();
  const conv = (name: string, input: string, options: Parameters<typeof net.conv>[2]) =>
    net.relu(`${name}.relu`, net.conv(name, input, options));
  const first = conv("first", "input", { in: 3, out: 40, kernel: 3, pad: 1 });
  const strided = net.conv("strided", first, { in: 40, out: 50, kernel: 3, stride: 2, pad: 1 });
  const normal = net.relu("normal.relu", net.batchNorm("normal", strided, 50));
  const pointwise = conv("pointwise", normal, { in: 50, out: 70, kernel: 1, stride: 2 });
  const grouped = conv("grouped", pointwise, { in: 70, out: 60, kernel: 3, pad: 1, groups: 2 });
  const plain = net.conv("plain", grouped, { in: 60, out: 61, kernel: 3, pad: 1, bias: false });
  const covering = conv("covering", plain, { in: 61, out: 90, kernel: 2 });
  const features = net.globalAvgPool("pool", covering);
  const hidden = net.relu("hidden.relu", net.dense("hidden", features, 90, 103));
  const graph = net.build(net.dense("logits", hidden, 103, 7));
  return syntheticNetwork(graph, "large-kernels");
}

const WIDTH = 7, HEIGHT = 6, LIMIT = 20_000;

/** Every tensor of the network's backend whose size a GPU has been asked for, in bytes. */
interface Sizes {
  readonly stored: number[];
  readonly bound: number[];
}

/** Runs `test` on a GPU whose buffers and bindings have at most `limit` bytes. */
async function onSmallGpu(limit: number, test: (sizes: Sizes) => Promise<void>) {
  const { device } = await startGpu(), sizes: Sizes = { stored: [], bound: [] };
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    if (descriptor.usage & GPUBufferUsage.STORAGE) sizes.stored.push(descriptor.size);
    return createBuffer(descriptor);
  };
  const createBindGroup = device.createBindGroup.bind(device);
  device.createBindGroup = (descriptor) => {
    for (const { resource } of descriptor.entries) {
      if ("buffer" in resource) sizes.bound.push(resource.size ?? resource.buffer.size);
    }
    return createBindGroup(descriptor);
  };
  tf.removeBackend("webgpu");
  const limits = { maxBufferSize: 2 * limit, maxStorageBufferBindingSize: limit };
  const info = (await navigator.gpu.requestAdapter())!.info;
  tf.registerBackend("webgpu", () => new GpuBackend(device, info, limits));
  try {
    await tf.setBackend("webgpu");
    await useBackend("webgpu");
    await test(sizes);
  } finally {
    tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", startGpu);
    device.destroy();
    await useBackend("wasm");
  }
}

const image = picture(WIDTH, HEIGHT);
const layers = ["first", "normal", "pointwise", "grouped", "plain", "covering", "hidden", "logits"];

/** What the network computes forward and back, by its ways. */
async function results(): Promise<Map<string, Float32Array>> {
  const net = network(), model = modelOf(net, WIDTH, HEIGHT);
  const found = new Map<string, Float32Array>();
  const x = tf.randomNormal<tf.Rank.R4>([2, HEIGHT, WIDTH, 3], 0, 1, "float32", 1);
  for (const fuse of [true, false]) {
    const pass = await net.forward(x, { taps: fuse ? ["logits"] : layers, gradient: true, fuse });
    for (const layer of fuse ? ["logits"] : layers) {
      found.set(`${layer}, fused: ${fuse}`, await pass.value(layer).data() as Float32Array);
    }
    const seed = tf.onesLike(pass.value("logits"));
    const { input } = await pass.backward({ logits: seed });
    found.set(`gradient, fused: ${fuse}`, await input.data() as Float32Array);
    tf.dispose([seed, input]);
    pass.dispose();
  }
  x.dispose();
  for (const id of ["lrp", "guided-backprop"]) {
    found.set(id, (await attribute(id, { model, image })).attribution);
  }
  net.dispose();
  return found;
}

await useBackend("wasm");
const expected = await results();

forEachBackend("kernels and matrices beyond the limits are split", async () => {
  await onSmallGpu(LIMIT, async ({ stored, bound }) => {
    const before = tf.memory().numTensors;
    for (const [what, numbers] of await results()) near(numbers, expected.get(what)!, 1e-4, what);
    assert.equal(tf.memory().numTensors, before, "tensors were left behind");
    assert.ok(Math.max(...stored) <= LIMIT, `a buffer of ${Math.max(...stored)} bytes`);
    assert.ok(Math.max(...bound) <= LIMIT, `a binding of ${Math.max(...bound)} bytes`);
    assert.ok(stored.filter((bytes) => bytes > LIMIT / 2).length > 20, "the limit was not met");
  });
}, ["webgpu"]);

forEachBackend("an image beyond the limits is refused in a sentence", async () => {
  await onSmallGpu(LIMIT, async ({ stored }) => {
    const before = tf.memory().numTensors, net = network();
    const model = modelOf(net, WIDTH * 10, HEIGHT * 10);
    await assert.rejects(predict(model, picture(WIDTH * 10, HEIGHT * 10)), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(
        error.message,
        /^Cannot hold 1×60×70×40 numbers on the GPU .+: they take 0\.672 MB, and it binds 0\.0200 MB at once; a smaller picture or batch would fit, or `backend: wasm`\.$/,
      );
      return true;
    });
    net.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors were left behind");
    assert.ok(Math.max(0, ...stored) <= LIMIT);
  });
}, ["webgpu"]);
