/** A GPU that is lost, or refuses something, ends what computes on it, and nothing that comes later. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import { GpuBackend } from "../../engine/gpu/backend.ts";
import { runtime, useBackend } from "../../engine/runtime.ts";
import {
  attribute,
  type AttributionTechnique,
  defineTechnique,
  execute,
  predict,
  techniques,
} from "../../mod.ts";
import { families, picture } from "../../conformance/networks.ts";
import { forEachBackend } from "../_support/backends.ts";
import { near } from "../_support/tensors.ts";

const small = families[0], model = small.model();
const image = picture(small.width, small.height);
const saliency = techniques.get("saliency") as AttributionTechnique;
const options = { layer: small.layer, channel: small.channel, steps: 4, saveEvery: 1 };

/** The backend in use, on its device. */
function gpu(): GpuBackend {
  const backend = tf.engine().registry.webgpu;
  assert.ok(backend instanceof GpuBackend);
  return backend;
}

/** Loses the device, as a driver does that is restarted. */
const lose = () => gpu().device.destroy();

const lost = (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.equal(error.code, "no-backend");
  assert.match(
    error.message,
    /^The GPU .+ was lost while it computed \(.+\): the next run starts it anew, `backend: wasm` does without\.$/,
  );
  return true;
};

/** Saliency, with something done before it in the same step. */
const saliencyAfter = (before: () => void) =>
  defineTechnique<z.ZodObject>({
    ...saliency,
    id: "saliency-after",
    options: z.object({}),
    async *run(context: Parameters<AttributionTechnique["run"]>[0]) {
      await predict(model, image);
      before();
      return yield* saliency.run({ ...context, options: saliency.options.parse({}) });
    },
  });

await useBackend("wasm");
const expected = (await attribute("saliency", { model, image })).attribution;
model.network.dispose();

/** Fails unless a run computes what it should, and leaves nothing but the network's weights. */
async function worksAgain(before: number) {
  assert.equal((await useBackend("auto")).name, "webgpu");
  near((await attribute("saliency", { model, image })).attribution, expected, 1e-3, "saliency");
  model.network.dispose();
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
}

forEachBackend("a GPU lost between two steps ends the run, after what was done", async () => {
  const before = tf.memory().numTensors;
  const steps = execute(techniques.get("deepdream"), { model, image, options });
  const frames: unknown[] = [];
  await assert.rejects(async () => {
    for await (const { frame } of steps) {
      frames.push(frame);
      if (frames.length === 2) lose();
    }
  }, lost);
  assert.equal(frames.filter(Boolean).length, 2);
  await worksAgain(before);
}, ["webgpu"]);

forEachBackend("a GPU lost within a step ends the run", async () => {
  const before = tf.memory().numTensors;
  await attribute("saliency", { model, image });
  const weights = tf.memory().numTensors;
  await assert.rejects(attribute(saliencyAfter(lose), { model, image }), lost);
  await attribute("saliency", { model, image });
  assert.equal(tf.memory().numTensors, weights, "the lost GPU's weights are still counted");
  await worksAgain(before);
}, ["webgpu"]);

forEachBackend("a run does not go on with another GPU than it began on", async () => {
  const before = tf.memory().numTensors, first = gpu();
  const steps = execute(techniques.get("deepdream"), { model, image, options });
  await steps.next();
  lose();
  await first.device.lost;
  near((await attribute("saliency", { model, image })).attribution, expected, 1e-3, "another");
  assert.notEqual(gpu(), first);
  await assert.rejects(steps.next(), lost);
  await worksAgain(before);
}, ["webgpu"]);

forEachBackend("where the GPU does not come back, auto takes what is there", async () => {
  const { requestAdapter } = navigator.gpu;
  const backend = await useBackend("webgpu");
  lose();
  await gpu().device.lost;
  navigator.gpu.requestAdapter = () => Promise.resolve(null);
  try {
    await assert.rejects(
      runtime.turn(() => Promise.resolve(), { backend }),
      /^UserError: Cannot go on with the webgpu backend: it does not start again; `backend: auto` /,
    );
    assert.equal((await useBackend()).name, "wasm");
    near((await attribute("saliency", { model, image })).attribution, expected, 0, "on wasm");
  } finally {
    navigator.gpu.requestAdapter = requestAdapter;
  }
  await useBackend("webgpu");
  model.network.dispose();
  await worksAgain(tf.memory().numTensors);
}, ["webgpu"]);

forEachBackend("what a GPU refuses is an error, not a picture of zeros", async () => {
  const before = tf.memory().numTensors;
  const refused = () => {
    const { device } = gpu();
    device.createBuffer({ size: device.limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
  };
  await assert.rejects(attribute(saliencyAfter(refused), { model, image }), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(
      error.message,
      /^The GPU .+ could not compute \(.*maximum buffer size.*\): a smaller/,
    );
    return true;
  });
  await worksAgain(before);
}, ["webgpu"]);
