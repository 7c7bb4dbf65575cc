/** What a GPU is asked to do for a step: shaders, next to no bytes, and no read-back. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { logit } from "../../engine/objectives.ts";
import type { Network } from "../../engine/network.ts";
import { architectureOf, loadModel } from "../../models/mod.ts";
import { execute, finish } from "../../run/execute.ts";
import { techniques } from "../../techniques/mod.ts";
import { families } from "../../conformance/networks.ts";
import { requestOf } from "../../conformance/running.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { forEachBackend } from "../_support/backends.ts";
import { counting, type GpuCounts } from "../_support/gpu_counts.ts";

/** Networks at 64×64 pixels, and how many shaders a gradient of each may run. */
const NETWORKS: Readonly<Record<string, readonly [() => Promise<Network>, dispatches: number]>> = {
  "phosphene-resnet": [async () => (await loadModel("phosphene-resnet")).network, 90],
  "phosphene-vgg": [async () => (await loadModel("phosphene-vgg")).network, 62],
  resnet50: [
    async () => syntheticNetwork((await architectureOf("resnet50")).graph, "resnet50"),
    270,
  ],
};

for (const [name, [load, dispatches]] of Object.entries(NETWORKS)) {
  forEachBackend(
    `a gradient of ${name} brings nothing to the GPU, and waits for nothing`,
    async () => {
      const network = await load();
      const image = tf.randomNormal<tf.Rank.R4>([1, 64, 64, 3], 0, 1, "float32", 1);
      const once = async () => {
        const { value, gradients, taps } = await network.gradient(image, logit(3));
        return [value, gradients, taps];
      };
      tf.dispose(await once()); // brings the weights
      const [counts, made] = await counting(once), [classes] = network.shapeOf("logits", 64, 64);
      const [replayed, again] = await counting(once);
      tf.dispose([made, again, image]);
      network.dispose();
      assert.deepEqual([counts.readBacks, counts.compiled], [0, 0]);
      assert.ok(counts.dispatches <= dispatches, `${counts.dispatches} shaders`);
      // which class is asked for
      const seed = 4 * classes + 16;
      assert.ok(counts.uploadedBytes <= seed, `${counts.uploadedBytes} bytes`);
      assert.ok(counts.uniformBytes <= 130 * counts.dispatches, `${counts.uniformBytes} bytes`);
      // all but the objective is replayed
      assert.deepEqual([replayed.readBacks, replayed.compiled], [0, 0]);
      assert.equal(replayed.dispatches, counts.dispatches);
      assert.ok(replayed.bindGroups <= 7, `${replayed.bindGroups} groups of bindings`);
      assert.ok(replayed.uniformBytes <= 300, `${replayed.uniformBytes} bytes`);
      assert.ok(replayed.uploadedBytes <= seed, `${replayed.uploadedBytes} bytes`);
      assert.ok(replayed.submits <= 2, `${replayed.submits} submits`);
    },
    ["webgpu"],
  );
}

const small = families[0], STEPS = [2, 7] as const;

/** What a run of so many steps asks for, where time stands still: what is read now and then is not. */
async function asked(id: string, steps: number): Promise<GpuCounts> {
  const technique = techniques.get(id), model = small.model(), { now } = performance;
  const { options, ...request } = requestOf(technique, small, model);
  performance.now = () => 0;
  try {
    const run = () =>
      finish(execute(technique, { ...request, options: { ...options, steps, saveEvery: 1000 } }));
    return (await counting(run))[0];
  } finally {
    performance.now = now;
    model.network.dispose();
  }
}

const dreams = [...techniques].filter(({ options }) => "saveEvery" in options.shape);

for (const { id } of dreams) {
  forEachBackend(`${id}: no step reads back, or brings more than some numbers`, async () => {
    const [few, many] = [await asked(id, STEPS[0]), await asked(id, STEPS[1])];
    assert.equal(many.readBacks, few.readBacks);
    const steps = STEPS[1] - STEPS[0];
    const bytes = (many.uploadedBytes - few.uploadedBytes) / steps;
    assert.ok(many.dispatches > few.dispatches);
    assert.ok(bytes <= 400, `${bytes} bytes a step`);
  }, ["webgpu"]);
}
